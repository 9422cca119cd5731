import { type EngineConnection } from '../../engine/connection.js';
import { type ContainerDetails } from '../../engine/containers.js';
import { type Engine } from '../../engine/engine.js';
import { type LogsPanel } from './logs-panel.js';
import { type ShownLog } from './shown-log.js';

/** The open tabs with logs, one for each container or project. What they are made of is loaded with the first one. */
export class LogsPanels {
  private readonly panels = new Map<string, LogsPanel>();

  constructor(private readonly engine: Engine) {}

  /** Shows the log of a container of the engine that is in use. Rejects where there is none. */
  async show({ id, name }: Pick<ContainerDetails, 'id' | 'name'>): Promise<void> {
    const { FollowedLog } = await import('./followed-log.js');
    await this.reveal(id, name, (connection, onChange) => new FollowedLog(connection, id, onChange));
  }

  /** Shows the logs of a compose project's services together. @param services only these; all where it is empty */
  async showProject({ name, services }: { name: string; services: readonly string[] }): Promise<void> {
    const { ProjectLog } = await import('./project-log.js');
    const subject = services.length === 0 ? name : `${name} (${services.join(', ')})`;
    await this.reveal(`project ${subject}`, subject, (connection, onChange) => {
      return new ProjectLog(connection, { name, services }, onChange);
    });
  }

  dispose(): void {
    for (const panel of this.panels.values()) panel.dispose();
  }

  private async reveal(
    subjectKey: string,
    subject: string,
    open: (connection: EngineConnection, onChange: () => void) => ShownLog,
  ): Promise<void> {
    const [current, { LogsPanel: Panel }] = await Promise.all([this.engine.connect(), import('./logs-panel.js')]);
    const key = `${current.endpoint.host} ${subjectKey}`;
    let panel = this.panels.get(key);
    if (panel === undefined) {
      const connection = current.another();
      panel = new Panel(
        subject,
        (onChange) => open(connection, onChange),
        connection,
        this.engine,
        () => this.panels.delete(key),
      );
      this.panels.set(key, panel);
    }
    panel.reveal();
  }
}
