/*
 * What is run in a container around a shell: for any shell of POSIX, with nothing but what is built into it, for an image may have
 * no more than that.
 */

/**
 * Arguments: the mark, and the shell that takes this one's place, once the terminal has its size: the engine sets it only when the
 * program is there. The mark in the environment, which all programs of the shell inherit, gets the session behind it: the engine
 * makes a program with a terminal the leader of one.
 */
export const startScript = `
export RESEARCH_CONTAINERS_SHELL="$1.$$"
shift
looks=0
command -v stty > /dev/null || looks=1000
while [ $looks -lt 1000 ]; do
  case "$(stty size 2> /dev/null)" in '' | '0 0') looks=$((looks + 1)) ;; *) break ;; esac
done
unset looks
exec "$@"
`;

/**
 * Arguments: the mark, a signal or \`none\`, and the session, empty where it is not known yet. Sends the signal to all programs of the
 * session, and prints the session and how many it has. Left out are the dead that nobody has taken notice of, and what ignores a
 * hangup on purpose: not where the engine lets all its programs ignore it.
 */
export const endScript = `
mark=$1 signal=$2 session=$3
ignores() {
  while read -r name value; do
    case $name in SigIgn:) case $value in *[13579bdf]) return 0 ;; *) return 1 ;; esac ;; esac
  done < "$1/status"
  return 1
}
if [ -z "$session" ]; then
  for process in /proc/[0-9]*; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in *"$mark."*) session=\${line##*"$mark."}; session=\${session%%[!0-9]*} ;; esac
    done < "$process/environ"
    [ -z "$session" ] || break
  done
fi 2> /dev/null
left=0
if [ -n "$session" ]; then
  spared=yes
  if ignores "/proc/$$"; then spared=no; fi
  for process in /proc/[0-9]*; do
    read -r stat < "$process/stat" || continue
    set -- \${stat##*) }
    [ "$4" = "$session" ] || continue
    case $1 in Z | X | x) continue ;; esac
    pid=\${process#/proc/}
    if [ "$spared" = yes ] && [ "$pid" != "$session" ] && ignores "$process"; then continue; fi
    left=$((left + 1))
    [ "$signal" = none ] || kill -s "$signal" "$pid"
    [ "$signal" != HUP ] || kill -s CONT "$pid"
  done
fi 2> /dev/null
echo "session=$session left=$left"
`;

/** What the script for the end has printed; an answer that is none tells of a container that does not let us look. */
export function readEndAnswer(text: string): { session: string; left: number } {
  const [, session, left] = /^session=(\d*) left=(\d+)$/m.exec(text) ?? [];
  return { session: session ?? '', left: Number(left ?? 0) };
}
