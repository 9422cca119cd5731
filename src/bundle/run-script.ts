import { formatPlatform, parsePlatform } from '../image/platform.js';
import { shellLine } from '../host/shell-line.js';
import { type ArchivedImage } from './description.js';
import { powerShellBody, powerShellHead } from './run-script-powershell.js';
import { shellBody, shellHead } from './run-script-sh.js';

/**
 * The bundle's `run.sh`, for a POSIX shell on Linux and macOS: checks the archive for this machine's platform, loads it
 * unless the engine has it, and runs it with `./output` bound. Docker is taken, else Podman, else Apptainer. Its exit code is
 * the program's, or 125 where the program was not started, as with docker's own.
 */
export function formatRunScript(images: readonly ArchivedImage[]): string {
  const [first] = images;
  const platforms = images.map(platformOf);
  return [
    shellHead,
    'case $machine in',
    ...(platforms.length === 0 ? [] : [`  ${platforms.map(shellWord).join(' | ')}) platform=$machine ;;`]),
    `  *) platform=${shellWord(first === undefined ? '' : platformOf(first))} ;;`,
    'esac',
    'case $platform in',
    ...images.flatMap((image) => [
      `  ${shellWord(platformOf(image))})`,
      `    file=${shellWord(image.file)}`,
      `    reference=${shellWord(image.reference)}`,
      `    config=${shellWord(bareDigest(image.configDigest))}`,
      `    manifest=${shellWord(bareDigest(image.manifestDigest))}`,
      `    target=${shellWord(image.target)}`,
      `    working=${shellWord(image.workingFolder ?? '')}`,
      ...(image.command.length === 0 ? [] : [`    [ "$#" -gt 0 ] || set -- ${shellLine(image.command)}`]),
      '    ;;',
    ]),
    'esac',
    shellBody,
  ].join('\n');
}

/**
 * The bundle's `run.ps1`, which does the same as `run.sh` with Docker or Podman in Windows PowerShell 5.1 and PowerShell 7.
 * It begins with a byte order mark, without which 5.1 reads letters beyond ASCII in the encoding of the machine.
 */
export function formatRunPowerShell(images: readonly ArchivedImage[]): string {
  const list = (words: readonly string[]): string => `@(${words.map(powerShellWord).join(', ')})`;
  const lines = [
    ...powerShellHead.split('\n'),
    '$images = @(',
    ...images.flatMap((image) => [
      '  @{',
      `    Platform  = ${powerShellWord(platformOf(image))}`,
      `    File      = ${powerShellWord(image.file)}`,
      `    Reference = ${powerShellWord(image.reference)}`,
      `    Ids       = ${list([image.configDigest, image.manifestDigest].map(bareDigest))}`,
      `    Target    = ${powerShellWord(image.target)}`,
      `    Command   = ${list(image.command)}`,
      '  }',
    ]),
    ')',
    ...powerShellBody.split('\n'),
  ];
  return `\uFEFF${lines.join('\r\n')}`;
}

function shellWord(word: string): string {
  return shellLine([word]);
}

/** PowerShell ends such a string at a typographic quote too; any of them stands for itself when it is doubled. */
function powerShellWord(word: string): string {
  return `'${word.replace(/['‘’‚‛]/g, '$&$&')}'`;
}

/** As the scripts name machines: of variants only those of 32-bit ARM tell machines apart. */
function platformOf({ platform }: ArchivedImage): string {
  const parsed = parsePlatform(platform);
  if (parsed === undefined) return platform;
  return formatPlatform(parsed.architecture === 'arm' ? parsed : { ...parsed, variant: undefined });
}

function bareDigest(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
