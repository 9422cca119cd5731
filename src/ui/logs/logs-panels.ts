import { type ContainerDetails } from '../../engine/containers.js';
import { type Engine } from '../../engine/engine.js';
import { type LogsPanel } from './logs-panel.js';

/** The open tabs with logs, one for each container. What they are made of is loaded with the first one. */
export class LogsPanels {
  private readonly panels = new Map<string, LogsPanel>();

  constructor(private readonly engine: Engine) {}

  /** Shows the log of a container of the engine that is in use. Rejects where there is none. */
  async show({ id, name }: Pick<ContainerDetails, 'id' | 'name'>): Promise<void> {
    const [connection, { LogsPanel: Panel }] = await Promise.all([this.engine.connect(), import('./logs-panel.js')]);
    const key = `${connection.endpoint.host} ${id}`;
    let panel = this.panels.get(key);
    if (panel === undefined) {
      panel = new Panel({ id, name }, connection.another(), this.engine, () => this.panels.delete(key));
      this.panels.set(key, panel);
    }
    panel.reveal();
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
  }
}
