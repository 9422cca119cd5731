import { type ViewCommand } from '../view-command.js';

export const showBuildLogCommand: ViewCommand = (_selection, { buildLogs }) => buildLogs.show();
