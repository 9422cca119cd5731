import * as vscode from 'vscode';
import { type BuildArgument } from '../../dockerfile/build-arguments.js';
import { type Dockerfile } from '../../dockerfile/instructions.js';
import { looksLikeSecret } from '../../dockerfile/secret-like.js';
import { type SecretMount } from '../../dockerfile/secret-mounts.js';
import { stages } from '../../dockerfile/stages.js';
import { openBuilder } from '../../engine/build.js';
import { engineInfo } from '../../engine/system.js';
import { parseReference } from '../../image/reference.js';
import { withoutIcons } from '../plain-text.js';
import { type Services } from '../services.js';
import { type AnsweredSecret, type BuildAnswers, keptSecretKey } from './build-answers.js';

/** Each question takes the answers and resolves to changed ones; undefined when the person leaves them as they are. */
type Changed = Promise<BuildAnswers | undefined>;

export async function askReference(answers: BuildAnswers): Changed {
  const tag = await vscode.window.showInputBox({
    title: 'Reference of the Image',
    prompt: 'Name and tag; with a registry in front if it will be pushed there',
    placeHolder: 'study:1.0, ghcr.io/your-name/study:1.0',
    value: answers.tag,
    validateInput: (text) => {
      const parsed = parseReference(text.trim());
      if (!parsed.ok) return parsed.problem;
      return parsed.reference.digest === undefined ? undefined : 'An image gets its digest by being built.';
    },
    ignoreFocusOut: true,
  });
  return tag === undefined ? undefined : { ...answers, tag: tag.trim() };
}

/** Offered even where the engine does not know them: what it takes to build them is said. */
const usualPlatforms = ['linux/amd64', 'linux/arm64'];

export async function askPlatforms(answers: BuildAnswers, { engine }: Services): Changed {
  const connection = await engine.connect();
  const { signal } = new AbortController();
  const [info, builder] = await Promise.all([engineInfo(connection, signal), openBuilder(connection, signal)]);
  const known = await builder.platforms(signal).finally(() => {
    builder.dispose();
  });
  // Variants of the engine's own processor are for those who know them, and can be written in a task.
  const offered = [...new Set([info.platform, ...usualPlatforms, ...(known ?? [])])].filter(
    (platform) => platform.split('/').length < 3 || /\/arm\//.test(platform),
  );
  const chosen = await vscode.window.showQuickPick(
    offered.map((platform) => ({
      label: platform,
      description: aboutPlatform(platform, info.platform, known),
      picked: answers.platforms.length === 0 ? platform === info.platform : answers.platforms.includes(platform),
    })),
    { title: 'Platforms', placeHolder: 'What should the image run on?', canPickMany: true, ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const platforms = chosen.map(({ label }) => label);
  return { ...answers, platforms: platforms.join() === info.platform ? [] : platforms };
}

function aboutPlatform(platform: string, own: string, known: readonly string[] | undefined): string {
  if (platform === own) return 'this engine’s own';
  if (known === undefined) return '';
  if (platform === 'linux/386' && own === 'linux/amd64') return 'runs on this engine as it is';
  return known.includes(platform)
    ? 'emulated: steps that compute are several times slower'
    : 'needs emulation: qemu-user-static, or the image tonistiigi/binfmt, on the engine’s host';
}

export async function askTarget(answers: BuildAnswers, dockerfile: Dockerfile): Changed {
  const all = stages(dockerfile);
  const chosen = await vscode.window.showQuickPick(
    [
      { label: 'The last stage', description: '', target: undefined },
      ...all.flatMap(({ name, from, line }) =>
        name === undefined
          ? []
          : [{ label: withoutIcons(name), description: `FROM ${from}, line ${line}`, target: name }],
      ),
    ],
    { title: 'Target Stage', placeHolder: 'Build up to which stage?', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  return { ...answers, target: chosen.target };
}

export async function askArguments(answers: BuildAnswers, declared: readonly BuildArgument[]): Changed {
  const { buildArgs } = answers;
  const chosen = await vscode.window.showQuickPick(
    declared.map(({ name, defaultValue, line }) => ({
      label: name,
      description: withoutIcons(
        buildArgs[name] ?? (defaultValue === undefined ? 'no value' : `${defaultValue} (default)`),
      ),
      detail: `line ${line}`,
      name,
      defaultValue,
    })),
    { title: 'Build Arguments', placeHolder: 'Change which one?', ignoreFocusOut: true },
  );
  if (chosen === undefined) return undefined;
  const { name, defaultValue } = chosen;
  const value = await vscode.window.showInputBox({
    title: `Build Argument ${name}`,
    prompt: `${defaultValue === undefined ? '' : `Empty: ${defaultValue}, as the Dockerfile says. `}Values stay readable in the image.`,
    value: buildArgs[name] ?? '',
    validateInput: (text) =>
      looksLikeSecret(name, text)
        ? {
            message:
              'This looks like a secret, which everybody who has the image can read: use RUN --mount=type=secret.',
            severity: vscode.InputBoxValidationSeverity.Warning,
          }
        : undefined,
    ignoreFocusOut: true,
  });
  if (value === undefined) return undefined;
  return { ...answers, buildArgs: value === '' ? without(buildArgs, name) : { ...buildArgs, [name]: value } };
}

export async function askSecrets(
  answers: BuildAnswers,
  mounts: readonly SecretMount[],
  dockerfile: string,
  services: Services,
): Changed {
  const mount = await vscode.window.showQuickPick(
    mounts.map(({ id, required, line }) => ({
      label: withoutIcons(id),
      description: aboutSecret(answers.secrets[id], required),
      detail: `line ${line}`,
      id,
    })),
    {
      title: 'Secrets',
      placeHolder: 'Which secret? It is there for its step alone, and in no layer.',
      ignoreFocusOut: true,
    },
  );
  if (mount === undefined) return undefined;
  const { id } = mount;
  const source = await vscode.window.showQuickPick(
    [
      { label: '$(file) A file…', from: 'file' },
      { label: '$(symbol-variable) An environment variable…', from: 'env' },
      { label: '$(key) Type it in…', description: 'kept in VS Code’s secret storage', from: 'kept' },
      { label: '$(circle-slash) None', from: 'none' },
    ] as const,
    { title: `Secret “${id}”`, placeHolder: 'Where does its value come from?', ignoreFocusOut: true },
  );
  if (source === undefined) return undefined;
  if (source.from === 'none') {
    await services.secrets.delete(keptSecretKey(dockerfile, id));
    return { ...answers, secrets: without(answers.secrets, id) };
  }
  const given = await askSource(source.from, id, dockerfile, services);
  return given === undefined ? undefined : { ...answers, secrets: { ...answers.secrets, [id]: given } };
}

async function askSource(
  kind: 'file' | 'env' | 'kept',
  id: string,
  dockerfile: string,
  services: Services,
): Promise<AnsweredSecret | undefined> {
  switch (kind) {
    case 'file': {
      const [file] = (await vscode.window.showOpenDialog({ title: `File with the secret “${id}”` })) ?? [];
      return file === undefined ? undefined : { file: file.fsPath };
    }
    case 'env': {
      const env = await vscode.window.showInputBox({
        title: `Secret “${id}”`,
        prompt: 'Name of the environment variable, as VS Code sees it',
        validateInput: (text) => (process.env[text.trim()] === undefined ? 'There is no such variable.' : undefined),
        ignoreFocusOut: true,
      });
      return env === undefined ? undefined : { env: env.trim() };
    }
    case 'kept': {
      const value = await vscode.window.showInputBox({
        title: `Secret “${id}”`,
        prompt: 'Its value, kept in VS Code’s secret storage for builds of this Dockerfile',
        password: true,
        ignoreFocusOut: true,
      });
      if (value === undefined || value === '') return undefined;
      await services.secrets.store(keptSecretKey(dockerfile, id), value);
      return { kept: true };
    }
  }
}

function aboutSecret(source: AnsweredSecret | undefined, required: boolean): string {
  if (source === undefined) return required ? '$(warning) needed, and not given' : 'not given';
  if ('file' in source) return withoutIcons(source.file);
  return 'env' in source ? `variable ${source.env}` : 'kept in the secret storage';
}

function without<Value>(values: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([each]) => each !== name));
}
