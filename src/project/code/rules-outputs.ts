import * as v from 'valibot';
import { type Written } from './output-folders.js';
import { type Token } from './tokens.js';
import { parseYaml } from '../yaml.js';

/** The files that the rules of a Snakefile make: the strings of `output:`, `log:` and `benchmark:`. */
export function writtenByRules(tokens: readonly Token[]): Written[] {
  const written: Written[] = [];
  let isOutput = false;
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token.kind === 'name' && next?.kind === 'mark' && next.text === ':' && tokens[index - 1]?.kind === 'line') {
      isOutput = token.text === 'output' || token.text === 'benchmark';
    } else if (token.kind === 'string' && isOutput) {
      // `{sample}` stands for many files, all in the folders in front of it.
      const [start = ''] = token.text.split('{', 1);
      const isCut = start.length < token.text.length;
      const slash = start.lastIndexOf('/');
      const isFolder = tokens[index - 2]?.text === 'directory';
      if (!isCut) written.push({ path: start, of: isFolder ? 'folder' : 'file', line: token.line });
      else if (slash > 0) written.push({ path: start.slice(0, slash), of: 'folder', line: token.line });
    }
  });
  return written;
}

const path = v.union([
  v.string(),
  v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((entry) => Object.keys(entry)[0] ?? ''),
  ),
]);
const stage = v.looseObject({
  outs: v.optional(v.array(path), []),
  plots: v.optional(v.array(path), []),
  metrics: v.optional(v.array(path), []),
});
const pipeline = v.object({ stages: v.record(v.string(), stage) });

/** The files that the stages of a dvc.yaml make (https://dvc.org/doc/user-guide/project-structure/dvcyaml-files). Throws for what is none. */
export function writtenByStages(text: string): Written[] {
  const { stages } = v.parse(pipeline, parseYaml(text));
  const lines = text.split('\n');
  return Object.values(stages).flatMap(({ outs, plots, metrics }) =>
    [...outs, ...plots, ...metrics].map((written) => {
      const line = lines.findIndex((each) => each.includes(written)) + 1;
      return {
        path: written,
        of: /\.\w{1,5}$/.test(written) ? ('file' as const) : ('folder' as const),
        line: Math.max(1, line),
      };
    }),
  );
}
