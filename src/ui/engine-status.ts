import * as vscode from 'vscode';
import { type EngineState } from '../engine/engine.js';
import { commandId } from './command-table.js';
import { engineLabel } from './engine-label.js';
import { withoutIcons } from './plain-text.js';
import { type Services } from './services.js';

/** Shows the engine in use in the status bar, once it was looked for, and looks anew when its setting changes. */
export function registerEngineStatus({ engine, inventory }: Services): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('engine', vscode.StatusBarAlignment.Left, -100);
  item.name = 'Container Engine';
  const show = (): void => {
    render(item, engine.state);
  };
  show();
  return vscode.Disposable.from(
    item,
    engine.onChange(show),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('researchContainers.engine.host')) return;
      engine.reset();
      inventory.refresh();
    }),
  );
}

function render(item: vscode.StatusBarItem, state: EngineState): void {
  item.backgroundColor = undefined;
  item.command = commandId('selectEngine');
  switch (state.kind) {
    case 'idle':
      item.hide();
      return;
    case 'connecting':
      item.text = '$(loading~spin) Engine';
      item.tooltip = 'Looking for a container engine…';
      break;
    case 'connected': {
      const { endpoint, identity } = state;
      const label = engineLabel(endpoint, identity);
      item.text = `$(vm-active) ${withoutIcons(label)}`;
      item.tooltip = `${label} ${identity.version}\n${endpoint.name}: ${endpoint.host}\nClick to select another engine`;
      break;
    }
    case 'failed':
      item.text = '$(vm-outline) No Engine';
      item.tooltip = `${state.failure.message}\n${state.failure.remedy}`;
      item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
      item.command = commandId('diagnoseEngine');
      break;
  }
  item.accessibilityInformation = { label: `Container engine: ${item.tooltip.replaceAll('\n', ', ')}` };
  item.show();
}
