import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ArchivedImage } from '../../../../src/bundle/description.js';
import { formatRunScript } from '../../../../src/bundle/run-script.js';
import { image } from './script-images.js';

/** What unpacks to the archive that the engines here know. */
const archive = gzipSync('a tar');
export const archiveSha256 = createHash('sha256').update(archive).digest('hex');

/** Programs of the system that the script may call; all others are ours. */
const tools = ['dirname', 'gzip', 'ls', 'mkdir', 'mv', 'rm', 'sed', 'sha256sum', 'shasum', 'perl'];

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder with a bundle's archive and checksums, in which run.sh runs with engines that note how they are called. */
export class ScriptFolder {
  readonly folder: string;
  readonly programs: string;
  readonly output: string;

  private constructor(readonly root: string) {
    this.folder = join(root, 'bundle, “Curie”');
    this.programs = join(root, 'programs');
    this.output = join(this.folder, 'output');
  }

  /** On a machine that calls itself Linux on amd64. */
  static async make(): Promise<ScriptFolder> {
    const place = new ScriptFolder(await realpath(await mkdtemp(join(tmpdir(), 'run-script-'))));
    await mkdir(place.folder);
    await mkdir(place.programs);
    for (const tool of tools) {
      const found = (process.env['PATH'] ?? '').split(delimiter).find((path) => existsSync(join(path, tool)));
      if (found !== undefined) await symlink(join(found, tool), join(place.programs, tool));
    }
    await place.install('uname', 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; *) exit 99 ;; esac');
    await writeFile(join(place.folder, image.file), archive);
    await place.writeSums(`${'0'.repeat(64)}  other\n${archiveSha256}  ${image.file}\n`);
    return place;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async writeSums(text: string): Promise<void> {
    await writeFile(join(this.folder, 'SHA256SUMS'), text);
  }

  async install(name: string, script: string): Promise<void> {
    await writeFile(join(this.programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(this.programs, name), 0o755);
  }

  /** An engine that knows only the calls that a bundle needs. */
  async installEngine(
    name: 'docker' | 'podman',
    {
      id,
      code = 0,
      answers = true,
      loads = true,
      calledItself = name === 'docker' ? 'Docker version 28.5.2, build 1' : 'podman version 5.4.2',
    }: { id?: string; code?: number; answers?: boolean; loads?: boolean; calledItself?: string } = {},
  ): Promise<void> {
    await this.install(
      name,
      [
        `case $1 in --version) echo '${calledItself}'; exit 0 ;; version) exit ${answers ? 0 : 1} ;; esac`,
        this.note(name),
        'case $1 in',
        `  image) ${id === undefined ? 'exit 1' : `echo ${id}`} ;;`,
        `  load) exit ${loads ? 0 : 1} ;;`,
        `  run) echo results; exit ${code} ;;`,
        '  *) exit 99 ;;',
        'esac',
      ].join('\n'),
    );
  }

  async installApptainer(builds = true): Promise<void> {
    await this.install(
      'apptainer',
      [
        this.note('apptainer'),
        'case $1 in',
        // The archive that it is given must be there, and be no gzip any more.
        `  build) [ "$(read -r line <"\${3#oci-archive:}"; echo "$line")" = 'a tar' ] || exit 98; echo sif >"$2"; exit ${builds ? 0 : 1} ;;`,
        '  run) ;;',
        '  *) exit 99 ;;',
        'esac',
      ].join('\n'),
    );
  }

  private note(name: string): string {
    return `{ printf '%s\\037' ${name} "$@"; printf '\\036'; } >>'${this.root}/calls'`;
  }

  async run(
    images: readonly ArchivedImage[],
    words: readonly string[] = [],
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const { folder, programs } = this;
    await writeFile(join(folder, 'run.sh'), formatRunScript(images));
    return new Promise((resolve, reject) => {
      const shell = spawn('/bin/sh', ['run.sh', ...words], { cwd: folder, env: { PATH: programs, ...env } });
      const ended: Ended = { code: null, stdout: '', stderr: '' };
      shell.stdout.on('data', (data: Buffer) => (ended.stdout += data.toString()));
      shell.stderr.on('data', (data: Buffer) => (ended.stderr += data.toString()));
      shell.on('error', reject);
      shell.on('close', (code) => {
        resolve({ ...ended, code });
      });
    });
  }

  /** Each call of an engine, but for those that ask whether it answers and what it is. */
  async calls(): Promise<string[][]> {
    const file = join(this.root, 'calls');
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';
    return text
      .split('\x1e')
      .filter((call) => call !== '')
      .map((call) => call.split('\x1f').slice(0, -1));
  }

  async verbs(): Promise<string[]> {
    return (await this.calls()).map(([program, verb]) => `${program ?? ''} ${verb ?? ''}`);
  }

  /** How the folder of results is bound. */
  get bind(): string {
    return `type=bind,"source=${this.output}",destination=/out put`;
  }
}
