import { formatPlatform, parsePlatform } from '../image/platform.js';
import { shellLine } from '../run/shell-quote.js';
import { type ArchivedImage } from './description.js';

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

const shellHead = String.raw`#!/bin/sh
# Checks, loads and runs the image of this folder with Docker, Podman or Apptainer. Results go to ./output.
#
#   sh run.sh                      runs the command that the README proposes
#   sh run.sh COMMAND ARGUMENT     runs another command
#   GPUS=all sh run.sh             lets the program use the GPUs
#
# Ends with the program's exit code, or with 125 where the program was not started.
set -u

say() { printf '%s\n' "$@" >&2; }
stop() {
  say "$@"
  exit 125
}
has() { command -v "$1" >/dev/null 2>&1; }

case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*)
    stop 'This shell changes the paths that it hands to programs.' \
      'Run this instead: powershell -ExecutionPolicy Bypass -File run.ps1'
    ;;
esac
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || stop 'The folder of run.sh cannot be entered.'
output=$(pwd)/output
file=

machine=$(uname -m)
case $machine in
  x86_64 | amd64) machine=linux/amd64 ;;
  aarch64 | arm64) machine=linux/arm64 ;;
  armv7* | armv8l) machine=linux/arm/v7 ;;
  armv6*) machine=linux/arm/v6 ;;
  i?86) machine=linux/386 ;;
  *) machine=linux/$machine ;;
esac`;

const shellBody = String.raw`[ -n "$file" ] || stop 'No image belongs to this script.'
[ "$platform" = "$machine" ] ||
  say "Warning: this machine is $machine, the image is for $platform. It runs slowly, by emulation, or not at all."

engine=
silent=
for candidate in docker podman; do
  has "$candidate" || continue
  if "$candidate" version >/dev/null 2>&1; then
    engine=$candidate
    break
  fi
  silent="${'$'}{silent:+$silent and }$candidate"
done
if [ -z "$engine" ] && has apptainer; then engine=apptainer; fi
if [ -z "$engine" ] && [ -n "$silent" ]; then
  stop "The engine of $silent does not answer." \
    "Start it (Docker Desktop, 'sudo systemctl start docker' or 'podman machine start')," \
    "see with '${'$'}{silent##* } version' that you may use it, then run this again."
fi
[ -n "$engine" ] || stop 'Neither docker nor podman nor apptainer is installed, or none is on the PATH.' \
  'Install one (https://docs.docker.com/get-docker, https://podman.io or https://apptainer.org), then run this again.'

archive=$folder/$file
[ -f "$archive" ] || stop "$file is not here." "Download it from the record into $folder, then run this again."
[ -f "$folder/SHA256SUMS" ] ||
  stop 'SHA256SUMS is not here.' "Download it from the record into $folder, then run this again."
expected=
while read -r sum name || [ -n "$sum" ]; do
  if [ "${'$'}{name#\*}" = "$file" ]; then expected=$sum; fi
done <"$folder/SHA256SUMS"
[ -n "$expected" ] || stop "SHA256SUMS does not list $file." 'Download SHA256SUMS again from the record.'

checksum() {
  if has sha256sum; then
    sha256sum
  elif has shasum; then
    shasum -a 256
  elif has openssl; then
    openssl dgst -sha256 -r
  else
    echo none
  fi
}
say "Checking $file"
actual=$(checksum <"$archive") || stop "$file cannot be read." 'See that you may read it, then run this again.'
actual=${'$'}{actual%% *}
if [ "$actual" = none ]; then
  say "Warning: $file is not checked, since neither sha256sum nor shasum nor openssl is here."
elif [ "$actual" != "$expected" ]; then
  stop "$file is damaged: its sha256 is $actual, and SHA256SUMS has $expected." \
    'Download it again from the record. Nothing was loaded.'
fi

# The value of --mount is a line of CSV.
csv() {
  case $1 in
    *[,\"]*) printf '"%s"' "$(printf '%s' "$1" | sed 's/"/""/g')" ;;
    *) printf '%s' "$1" ;;
  esac
}
mkdir -p "$output" || stop "The folder $output cannot be made." 'Run this in a folder that you may write to.'
[ -z "$(ls -A "$output")" ] || say "Note: $output is not empty. What the program writes joins what is there."
mount=type=bind,$(csv "source=$output"),$(csv "destination=$target")

# A name can be moved to another image: what counts is the digest, of the configuration or, in some stores, the manifest.
is_loaded() {
  id=$("$engine" image inspect --format '{{.Id}}' "$reference" 2>/dev/null) || return 1
  id=${'$'}{id#sha256:}
  [ "$id" = "$config" ] || [ "$id" = "$manifest" ]
}

# Apptainer takes archives only when they are unpacked, and runs from a file of its own format.
convert() {
  unpacked=$file
  trap 'rm -f "$folder/$stem.partial.tar" "$folder/$stem.partial.sif"' EXIT
  trap 'exit 125' HUP INT TERM
  if [ "$stem.tar" != "$file" ]; then
    unpacked=$stem.partial.tar
    gzip -dc "$archive" >"$folder/$unpacked" || return 1
  fi
  rm -f "$folder/$stem.partial.sif"
  (cd -- "$folder" && apptainer build "$stem.partial.sif" "oci-archive:$unpacked" >&2) || return 1
  mv "$folder/$stem.partial.sif" "$sif" || return 1
  rm -f "$folder/$stem.partial.tar"
  trap - EXIT HUP INT TERM
}

if [ "$engine" = apptainer ]; then
  stem=${'$'}{file%.gz}
  stem=${'$'}{stem%.tar}
  sif=$folder/$stem-$(printf '%.12s' "$config").sif
  if [ ! -f "$sif" ]; then
    say "Converting $file for Apptainer"
    convert || stop "Apptainer could not convert $file; what it printed is above." \
      "See that the disk has room and that you may write to $folder, then run this again."
  fi
  set -- "$sif" "$@"
  [ -z "${'$'}{GPUS-}" ] || set -- --nv "$@"
  set -- --compat "$@"
else
  if ! is_loaded; then
    say "Loading $file into $engine"
    "$engine" load --input "$archive" >&2 || stop "$engine could not load $file; what it printed is above." \
      'See that the disk of the engine has room, then run this again.'
  fi
  set -- "$reference" "$@"
  [ "$platform" = "$machine" ] || set -- --platform "$platform" "$@"
  if [ "$engine" = podman ]; then
    [ -z "${'$'}{GPUS-}" ] || set -- --device "nvidia.com/gpu=$GPUS" "$@"
    # Else SELinux keeps the program from the folder.
    set -- --security-opt label=disable "$@"
  else
    [ -z "${'$'}{GPUS-}" ] || set -- --gpus "$GPUS" "$@"
  fi
  set -- --rm --pull=never "$@"
fi
say "Running $reference with $engine; results go to $output"
"$engine" run --mount "$mount" "$@"
code=$?
if [ "$code" -eq 0 ]; then
  say "Done. The results are in $output"
else
  say "The run ended with exit code $code."
fi
exit "$code"
`;

const powerShellHead = String.raw`# Checks, loads and runs the image of this folder with Docker or Podman. Results go to .\output.
#
#   powershell -ExecutionPolicy Bypass -File run.ps1                     runs the command that the README proposes
#   powershell -ExecutionPolicy Bypass -File run.ps1 COMMAND ARGUMENT    runs another command
#   $env:GPUS = 'all'                                                    before it, lets the program use the GPUs
#
# Ends with the program's exit code, or with 125 where the program was not started.
$words = @($args)
# Programs tell by their exit code, and may write to stderr when all is well.
$ErrorActionPreference = 'Continue'
$PSNativeCommandUseErrorActionPreference = $false
`;

const powerShellBody = String.raw`
function Write-Message([string[]] $Lines) {
  foreach ($line in $Lines) { [Console]::Error.WriteLine($line) }
}
function Stop-Run([string[]] $Lines) {
  Write-Message $Lines
  exit 125
}
# Before 7.3, PowerShell drops empty words and does not escape quotes.
function ConvertTo-NativeWord([string] $Word) {
  $version = $PSVersionTable.PSVersion
  if ($version.Major * 100 + $version.Minor -ge 703) { return $Word }
  if ($Word -eq '') { return '""' }
  return $Word -replace '(\\*)"', '$1$1\"'
}
# The value of --mount is a line of CSV.
function ConvertTo-CsvField([string] $Field) {
  if ($Field -notmatch '[",]') { return $Field }
  return '"' + $Field.Replace('"', '""') + '"'
}

$architecture = $env:PROCESSOR_ARCHITEW6432
if (-not $architecture) { $architecture = $env:PROCESSOR_ARCHITECTURE }
if (-not $architecture) {
  $architecture = [string] [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture
}
$machine = switch ($architecture) {
  'AMD64' { 'linux/amd64' }
  'X64' { 'linux/amd64' }
  'ARM64' { 'linux/arm64' }
  'x86' { 'linux/386' }
  default { 'linux/' + $architecture.ToLowerInvariant() }
}
$image = $images | Where-Object { $_.Platform -eq $machine } | Select-Object -First 1
if ($null -eq $image) { $image = $images | Select-Object -First 1 }
if ($null -eq $image) { Stop-Run 'No image belongs to this script.' }
$file = $image.File
$reference = $image.Reference
if ($image.Platform -ne $machine) {
  Write-Message ("Warning: this machine is $machine, the image is for $($image.Platform)." +
    ' It runs slowly, by emulation, or not at all.')
}

$engine = $null
$engineName = $null
$silent = @()
foreach ($name in 'docker', 'podman') {
  $program = Get-Command $name -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -eq $program) { continue }
  & $program.Path version *> $null
  if ($LASTEXITCODE -eq 0) {
    $engine = $program.Path
    $engineName = $name
    break
  }
  $silent += $name
}
if ($null -eq $engine -and $silent.Count -gt 0) {
  Stop-Run @(
    "The engine of $($silent -join ' and ') does not answer."
    "Start it (Docker Desktop, or 'podman machine start'), then run this again."
  )
}
if ($null -eq $engine) {
  Stop-Run @(
    'Neither docker nor podman is installed, or neither is on the PATH.'
    'Install one (https://docs.docker.com/get-docker or https://podman.io), then run this again.'
  )
}
if ($engineName -eq 'docker' -and (& $engine version --format '{{.Server.Os}}') -eq 'windows') {
  Stop-Run @(
    'Docker runs Windows containers, and this image is for Linux.'
    "Choose 'Switch to Linux containers' in the menu of Docker Desktop, then run this again."
  )
}

$archive = Join-Path $PSScriptRoot $file
$sums = Join-Path $PSScriptRoot 'SHA256SUMS'
foreach ($needed in $archive, $sums) {
  if (-not (Test-Path -LiteralPath $needed -PathType Leaf)) {
    Stop-Run @("$needed is not here.", 'Download it from the record, then run this again.')
  }
}
$expected = $null
foreach ($line in Get-Content -LiteralPath $sums) {
  if ($line -match '^([0-9a-f]{64}) [ *](.+)$' -and $Matches[2] -eq $file) { $expected = $Matches[1] }
}
if ($null -eq $expected) {
  Stop-Run @("SHA256SUMS does not list $file.", 'Download SHA256SUMS again from the record.')
}
Write-Message "Checking $file"
$actual = (Get-FileHash -Algorithm SHA256 -LiteralPath $archive).Hash
if (-not $actual) { Stop-Run @("$file cannot be read.", 'See that you may read it, then run this again.') }
if ($actual -ne $expected) {
  Stop-Run @(
    "$file is damaged: its sha256 is $($actual.ToLowerInvariant()), and SHA256SUMS has $expected."
    'Download it again from the record. Nothing was loaded.'
  )
}

$output = Join-Path (Get-Location -PSProvider FileSystem).ProviderPath 'output'
try { $null = [System.IO.Directory]::CreateDirectory($output) }
catch {
  Stop-Run @("The folder $output cannot be made.", 'Run this in a folder that you may write to.')
}
if (Get-ChildItem -LiteralPath $output -Force | Select-Object -First 1) {
  Write-Message "Note: $output is not empty. What the program writes joins what is there."
}

# A name can be moved to another image: what counts is the digest, of the configuration or, in some stores, the manifest.
$id = & $engine image inspect --format '{{.Id}}' $reference 2> $null
$isLoaded = $LASTEXITCODE -eq 0 -and $image.Ids -contains ("$id" -replace '^sha256:', '')
if (-not $isLoaded) {
  Write-Message "Loading $file into $engineName"
  & $engine load --input $archive | ForEach-Object { Write-Message $_ }
  if ($LASTEXITCODE -ne 0) {
    Stop-Run @(
      "$engineName could not load $file; what it printed is above."
      'See that the disk of the engine has room, then run this again.'
    )
  }
}

$mount = 'type=bind,' + (ConvertTo-CsvField "source=$output") + ',' + (ConvertTo-CsvField "destination=$($image.Target)")
$arguments = @('run', '--rm', '--pull=never', '--mount', $mount)
if ($image.Platform -ne $machine) { $arguments += '--platform', $image.Platform }
if ($env:GPUS -and $engineName -eq 'docker') { $arguments += '--gpus', $env:GPUS }
if ($env:GPUS -and $engineName -eq 'podman') { $arguments += '--device', "nvidia.com/gpu=$($env:GPUS)" }
$arguments += $reference
if ($words.Count -gt 0) { $arguments += $words } else { $arguments += $image.Command }
$arguments = @($arguments | ForEach-Object { ConvertTo-NativeWord $_ })
Write-Message "Running $reference with $engineName; results go to $output"
& $engine @arguments
$code = $LASTEXITCODE
if ($code -eq 0) { Write-Message "Done. The results are in $output" }
else { Write-Message "The run ended with exit code $code." }
exit $code
`;
