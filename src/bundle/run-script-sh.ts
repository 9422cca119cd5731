/** What run.sh begins with, up to the choice of its image by `$machine`, which is a platform such as `linux/amd64`. */
export const shellHead = String.raw`#!/bin/sh
# Checks, loads and runs the image of this folder with Docker, Podman or Apptainer. Results go to ./output.
#
#   sh run.sh                      runs the command that the README proposes
#   sh run.sh COMMAND ARGUMENT     runs another command
#   GPUS=all sh run.sh             lets the program use the GPUs
#
# Ends with the program's exit code, or with 125 where the program was not started (Apptainer's own code where it is Apptainer that could not).
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

/**
 * What run.sh does with an image: it needs `$platform`, `$file`, `$reference`, the digests `$config` and `$manifest`, the folders
 * `$target` and `$working` in the container, and the command in place of its own words.
 */
export const shellBody = String.raw`[ -n "$file" ] || stop 'No image belongs to this script.'
[ "$platform" = "$machine" ] ||
  say "Warning: this machine is $machine, the image is for $platform. It runs slowly, by emulation, or not at all."

engine=
silent=
for candidate in docker podman; do
  has "$candidate" || continue
  if "$candidate" version >/dev/null 2>&1; then
    engine=$candidate
    # Podman can stand in for docker under that name.
    case $("$candidate" --version 2>/dev/null) in podman* | docker*) engine=podman ;; esac
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
    case $file in
      *.zst) zstd -dc "$archive" >"$folder/$unpacked" || return 1 ;;
      *) gzip -dc "$archive" >"$folder/$unpacked" || return 1 ;;
    esac
  fi
  rm -f "$folder/$stem.partial.sif"
  (cd -- "$folder" && apptainer build "$stem.partial.sif" "oci-archive:$unpacked" >&2) || return 1
  mv "$folder/$stem.partial.sif" "$sif" || return 1
  rm -f "$folder/$stem.partial.tar"
  trap - EXIT HUP INT TERM
}

if [ "$engine" = apptainer ]; then
  stem=${'$'}{file%.gz}
  stem=${'$'}{stem%.zst}
  stem=${'$'}{stem%.tar}
  sif=$folder/$stem-$(printf '%.12s' "$config").sif
  if [ ! -f "$sif" ]; then
    say "Converting $file for Apptainer"
    convert || stop "Apptainer could not convert $file; what it printed is above." \
      "See that the disk has room and that you may write to $folder, then run this again."
  fi
  set -- "$sif" "$@"
  [ -z "${'$'}{GPUS-}" ] || set -- --nv "$@"
  # It does not start in the folder that the image names.
  [ -z "$working" ] || set -- --pwd "$working" "$@"
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
