import * as vscode from 'vscode';
import { type Diagnosis, diagnose } from '../engine/diagnose.js';
import { type Endpoint } from '../engine/endpoint.js';
import { type Remedy, remediesFor } from '../engine/remedies.js';
import { withoutIcons } from './plain-text.js';
import { selectedEngineKey, type Services } from './services.js';

type Item = vscode.QuickPickItem & { name?: string; remedies?: readonly Remedy[] };
type Found = Diagnosis | { state: 'asking'; endpoint: Endpoint };

/**
 * Shows every place where an engine may be with what is found there, as it is found, and the remedies as buttons.
 *
 * @returns the name of the engine that was chosen, `''` for the one that is found automatically, undefined for none
 */
export async function pickEngine(title: string, { engine, memory }: Services): Promise<string | undefined> {
  const candidates = await engine.candidates();
  const found = new Map<string, Found>(candidates.map((endpoint) => [endpoint.name, { state: 'asking', endpoint }]));
  const picker = vscode.window.createQuickPick<Item>();
  const asking = new AbortController();
  const selected = memory.get<string>(selectedEngineKey);
  const inUse = engine.state.kind === 'connected' ? engine.state.endpoint.name : undefined;
  const copy: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('copy'), tooltip: 'Copy Report' };
  picker.title = title;
  picker.placeholder = 'Choose an engine that answers, or what helps one that does not';
  picker.matchOnDescription = true;
  picker.buttons = [copy];
  picker.busy = true;
  const show = (): void => {
    const active = picker.activeItems[0]?.label;
    picker.items = itemsOf([...found.values()], selected, inUse);
    const kept = picker.items.find(({ label }) => label === active);
    if (kept !== undefined) picker.activeItems = [kept];
  };
  show();
  void diagnose(candidates, asking.signal, (diagnosis) => {
    found.set(diagnosis.endpoint.name, diagnosis);
    show();
  })
    .catch(() => undefined)
    .finally(() => {
      picker.busy = false;
    });
  return new Promise((resolve) => {
    picker.onDidTriggerButton(() => {
      void vscode.env.clipboard.writeText([...found.values()].map(reportOf).join('\n'));
      vscode.window.setStatusBarMessage('$(copy) Report copied.', 3000);
    });
    picker.onDidTriggerItemButton(({ item, button }) => {
      const remedy = item.remedies?.find(({ label }) => label === button.tooltip);
      if (remedy !== undefined) offer(remedy);
    });
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item === undefined) return;
      const [remedy] = item.remedies ?? [];
      if (item.name === undefined && remedy === undefined) return;
      if (remedy !== undefined) offer(remedy);
      resolve(item.name);
      picker.hide();
    });
    picker.onDidHide(() => {
      asking.abort();
      picker.dispose();
      resolve(undefined);
    });
    picker.show();
  });
}

/** Engines that answer first, then those with something to mend, and the places where there is nothing. */
function itemsOf(found: readonly Found[], selected: string | undefined, inUse: string | undefined): Item[] {
  const group = (title: string, wanted: (state: Found['state']) => boolean): Item[] => {
    const members = found.filter(({ state }) => wanted(state));
    if (members.length === 0) return [];
    const heading: Item = { label: title, kind: vscode.QuickPickItemKind.Separator };
    return [heading, ...members.map((each) => itemOf(each, inUse))];
  };
  return [
    automaticItem(selected),
    ...group('Answering', (state) => state === 'ok'),
    ...group('Being asked', (state) => state === 'asking'),
    ...group('Cannot be used', (state) => !['ok', 'asking', 'not-there'].includes(state)),
    ...group('Nothing there', (state) => state === 'not-there'),
  ];
}

function automaticItem(selected: string | undefined): Item {
  return {
    label: '$(search) Automatic',
    description: selected === undefined ? 'chosen now' : '',
    detail: 'The setting, DOCKER_HOST, the current docker context, then the first engine of this machine that answers',
    name: '',
  };
}

/** An engine that answers can be chosen; of another one the remedy. */
function itemOf(found: Found, inUse: string | undefined): Item {
  const { endpoint } = found;
  const description = [withoutIcons(endpoint.host), endpoint.name === inUse ? 'in use' : '']
    .filter((part) => part !== '')
    .join(' · ');
  const label = withoutIcons(endpoint.name);
  switch (found.state) {
    case 'asking':
      return { label: `$(loading~spin) ${label}`, description, detail: 'Asking…', name: endpoint.name };
    case 'ok': {
      const { product, version, apiVersion } = found.identity;
      const detail = `${product} ${version}, API ${apiVersion}`;
      return { label: `$(pass) ${label}`, description, detail: withoutIcons(detail), name: endpoint.name };
    }
    default: {
      const { failure } = found;
      const remedies = remediesFor(found, process.platform);
      return {
        label: `$(${found.state === 'not-there' ? 'circle-slash' : 'error'}) ${label}`,
        description,
        // Where nothing is there, most people have never installed anything: the group's name says enough.
        ...(found.state === 'not-there' ? {} : { detail: withoutIcons(`${failure.message} ${failure.remedy}`) }),
        remedies,
        buttons: remedies.map((remedy) => ({
          iconPath: new vscode.ThemeIcon(remedy.kind === 'terminal' ? 'terminal' : 'link-external'),
          tooltip: remedy.label,
        })),
      };
    }
  }
}

function reportOf(found: Found): string {
  const { endpoint } = found;
  const head = `${endpoint.name} (${endpoint.host}, ${endpoint.source}): ${found.state}`;
  switch (found.state) {
    case 'asking':
      return head;
    case 'ok':
      return `${head}, ${found.identity.product} ${found.identity.version}, API ${found.identity.apiVersion}`;
    default:
      return `${head}. ${found.failure.message} ${found.failure.remedy}`;
  }
}

/** A command is typed into a terminal, for the person to read and to run. */
function offer(remedy: Remedy): void {
  switch (remedy.kind) {
    case 'terminal': {
      const terminal = vscode.window.createTerminal({ name: remedy.label });
      terminal.show();
      terminal.sendText(remedy.command, false);
      return;
    }
    case 'link':
      void vscode.env.openExternal(vscode.Uri.parse(remedy.url));
      return;
  }
}
