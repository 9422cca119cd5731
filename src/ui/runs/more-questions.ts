import * as vscode from 'vscode';
import { looksLikeSecret } from '../../dockerfile/secret-like.js';
import { engineInfo } from '../../engine/system.js';
import { formatSize } from '../../host/quantities.js';
import { isMasked, secretMask } from '../../run/command-secrets.js';
import { localUser } from '../../run/ownership.js';
import { counted } from '../confirm.js';
import { withoutIcons } from '../plain-text.js';
import { limitsText, parseLimits, parsePorts, portText } from './answer-texts.js';
import { askMounts } from './mount-questions.js';
import { type RunAnswers } from './run-answers.js';
import { type FormContext } from './form-context.js';

type Changed = Promise<RunAnswers | undefined>;
type Line = vscode.QuickPickItem & { ask: (answers: RunAnswers, context: FormContext) => Changed };

/** What of the rarer answers is not as usual, on one line. */
export function moreSummary({ env, ports, volumes, limits, user, keep }: RunAnswers): string {
  const parts = [
    Object.keys(env).length === 0 ? '' : counted(Object.keys(env).length, 'variable'),
    ports.length === 0 ? '' : `port ${ports.map(portText).join(', ')}`,
    volumes.length === 0 ? '' : counted(volumes.length, 'mount'),
    limitsText(limits),
    user === undefined ? '' : `as ${user}`,
    keep ? '' : 'removed when it ends',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'environment, folders and volumes, ports, limits, user' : parts.join(' · ');
}

export async function askMore(answers: RunAnswers, context: FormContext): Changed {
  const { env, volumes, ports, limits, user, keep } = answers;
  const line = (icon: string, label: string, description: string, ask: Line['ask']): Line => ({
    label: `$(${icon}) ${label}`,
    description: withoutIcons(description),
    ask,
  });
  const chosen = await vscode.window.showQuickPick(
    [
      line('symbol-variable', 'Environment', Object.keys(env).join(', ') || 'none given', askEnvironment),
      line(
        'database',
        'Folders and Volumes',
        volumes.map(({ source, target }) => `${source} → ${target}`).join(', ') || 'none besides the results',
        askMounts,
      ),
      line('plug', 'Ports', ports.map(portText).join(', ') || 'none published', askPorts),
      line('dashboard', 'Memory and Processors', limitsText(limits) || 'no limit', askLimits),
      line('person', 'User', user ?? `the image’s own${context.preview.image.user === '' ? ' (root)' : ''}`, askUser),
      line(
        keep ? 'pass-filled' : 'circle-large-outline',
        'Keep the Container',
        keep ? 'yes: all that is in it can be looked at later' : 'no: it is removed when the run ends',
        (before) => Promise.resolve({ ...before, keep: !before.keep }),
      ),
    ],
    { title: `More for ${context.image}`, placeHolder: 'What should be changed?', ignoreFocusOut: true },
  );
  return chosen?.ask(answers, context);
}

async function askEnvironment(answers: RunAnswers, { preview }: FormContext): Changed {
  const { env } = answers;
  const own = new Map(preview.image.environment.map((entry) => splitAt(entry, '=')));
  const names = [...new Set([...Object.keys(env), ...own.keys()])];
  const add = { label: '$(add) Another variable…', variable: undefined };
  const chosen = await vscode.window.showQuickPick(
    [
      add,
      ...names.map((name) => ({
        label: withoutIcons(name),
        description: withoutIcons(shownValue(name, env[name]) ?? `${own.get(name) ?? ''} (the image’s)`),
        variable: name,
      })),
    ],
    { title: 'Environment', placeHolder: 'Which variable?', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const name = chosen.variable ?? (await askName());
  if (name === undefined) return undefined;
  const value = await vscode.window.showInputBox({
    title: `Variable ${name}`,
    prompt: looksLikeSecret(name, 'x')
      ? 'It looks like a secret: it is given to this run alone, and is in no record. Empty: not given.'
      : 'Empty: not given',
    value: isMasked([env[name] ?? '']) ? '' : (env[name] ?? ''),
    password: looksLikeSecret(name, 'x'),
    ignoreFocusOut: true,
  });
  if (value === undefined) return undefined;
  const others = Object.fromEntries(Object.entries(env).filter(([each]) => each !== name));
  return { ...answers, env: value === '' ? others : { ...others, [name]: value } };
}

function shownValue(name: string, value: string | undefined): string | undefined {
  return value !== undefined && looksLikeSecret(name, value) ? secretMask : value;
}

async function askName(): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: 'Another Variable',
    prompt: 'Its name',
    validateInput: (text) =>
      text === '' || /^[A-Za-z_]\w*$/.test(text.trim()) ? undefined : 'Letters, digits and “_”, no digit in front.',
    ignoreFocusOut: true,
  });
  return name === undefined || name.trim() === '' ? undefined : name.trim();
}

async function askPorts(answers: RunAnswers, { preview }: FormContext): Changed {
  const exposed = preview.image.exposedPorts
    .map((port) => port.replace(/\/tcp$/, ''))
    .filter((port) => /^\d+$/.test(port));
  const text = await vscode.window.showInputBox({
    title: 'Ports',
    prompt: 'HOST:CONTAINER, or CONTAINER for a port of the host that the engine chooses; several with commas',
    placeHolder: exposed.length === 0 ? '8888:8888' : exposed.map((port) => `${port}:${port}`).join(', '),
    value: answers.ports.map(portText).join(', '),
    validateInput: (value) => (parsePorts(value) === undefined ? 'Such as 8888:8888, or 8888.' : undefined),
    ignoreFocusOut: true,
  });
  const ports = text === undefined ? undefined : parsePorts(text);
  return ports === undefined ? undefined : { ...answers, ports };
}

async function askLimits(answers: RunAnswers, { connection }: FormContext): Changed {
  const { cores, memory } = await engineInfo(connection);
  const there = [
    cores === undefined ? '' : counted(cores, 'processor'),
    memory === undefined ? '' : `${formatSize(memory)} of memory`,
  ].filter((part) => part !== '');
  const text = await vscode.window.showInputBox({
    title: 'Memory and Processors',
    prompt: `Most that the run may use, such as “4 GB” or “4 GB, 2”.${there.length === 0 ? '' : ` The engine has ${there.join(' and ')}.`}`,
    value: limitsText(answers.limits),
    validateInput: (value) => (parseLimits(value) === undefined ? 'Such as 4 GB, or 4 GB, 2 processors.' : undefined),
    ignoreFocusOut: true,
  });
  const limits = text === undefined ? undefined : parseLimits(text);
  return limits === undefined ? undefined : { ...answers, limits };
}

async function askUser(answers: RunAnswers, { preview }: FormContext): Changed {
  const own = preview.image.user === '' ? 'root' : preview.image.user;
  const local = localUser();
  const chosen = await vscode.window.showQuickPick(
    [
      {
        label: '$(package) The image’s own',
        description: `${withoutIcons(own)}: what it was made for; results are given to you afterwards`,
        user: undefined,
      },
      ...(local === undefined
        ? []
        : [
            {
              label: '$(person) You',
              description: `${local.uid}:${local.gid}: for images that every user can run`,
              user: `${local.uid}:${local.gid}`,
            },
          ]),
      { label: '$(edit) Another…', user: 'other' },
    ],
    { title: 'User', placeHolder: 'Who should the program run as?', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const user =
    chosen.user === 'other'
      ? await vscode.window.showInputBox({ title: 'User', prompt: 'Name, or UID:GID' })
      : chosen.user;
  if (chosen.user === 'other' && (user === undefined || user.trim() === '')) return undefined;
  return { ...answers, user: user?.trim() };
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
