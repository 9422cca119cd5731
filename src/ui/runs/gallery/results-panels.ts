import { type OutputFile } from '../../../run/record.js';
import { type ResultsPanel } from './results-gallery.js';

/** The open panels with results of runs, one for each output folder. What they are made of is loaded with the first one. */
export class ResultsPanels {
  private readonly panels = new Map<string, ResultsPanel>();

  /**
   * Shows the pictures and tables that a run left.
   *
   * @param folder absolute path of the output folder on this machine
   */
  async show(title: string, folder: string, outputs: readonly OutputFile[]): Promise<void> {
    const gallery = await import('./results-gallery.js');
    let panel = this.panels.get(folder);
    if (panel === undefined) {
      panel = new gallery.ResultsPanel(folder, () => this.panels.delete(folder));
      this.panels.set(folder, panel);
    }
    await panel.show(title, outputs);
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
  }
}
