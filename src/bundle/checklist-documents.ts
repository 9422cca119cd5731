import * as v from 'valibot';
import { formatSize } from '../host/quantities.js';
import { type Answer, type ChecklistParts, hasFile, setsLabel, some } from './checklist-parts.js';
import { guessLicence, licenceProblem, spdxLicence } from './licence.js';
import { parseOrcid } from './orcid.js';
import { isDate, zenodoLimits } from './zenodo-json.js';
import { parseYaml } from '../project/yaml.js';

/** Point 1: the README has the commands to load each image and to run it, and a smoke test. */
export function hasInstructions({ readme, images }: ChecklistParts): Answer {
  const lines = readme
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.split(/[\s'"`<]+/));
  const isCommand = (verb: string, word: string): boolean =>
    lines.some((words) => {
      const tool = words.findIndex((each) => each === 'docker' || each === 'podman');
      const at = tool < 0 ? -1 : words.indexOf(verb, tool);
      return at >= 0 && words.includes(word, at);
    });
  const lacks = [
    ...images.flatMap(({ file, reference }) => [
      ...(isCommand('load', file) ? [] : [`the command that loads ${file}`]),
      ...(isCommand('run', reference) ? [] : [`a command that runs ${reference}`]),
    ]),
    ...(/\bsmoke[ -]?test/i.test(readme) ? [] : ['a smoke test']),
  ];
  return lacks.length === 0
    ? { state: 'passed', message: 'README.md has the commands to load the image, to try it and to run it.' }
    : {
        state: 'failed',
        message: `README.md lacks ${some(lacks)}.`,
        remedy: 'Export it again with “Export for Zenodo…”, which writes them.',
      };
}

const doiPattern = /\b10\.\d{4,9}\/[^\s<>"'`|]*[^\s<>"'`|.,;:)\]}]/g;
const arxivPattern =
  /\barxiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})|\barxiv\.org\/(?:abs|pdf)\/[\w.-]*\d/i;

/** The DOIs in a text; Markdown has a backslash before what would be a mark. */
function doisIn(text: string): string[] {
  return [...text.replace(/\\([!-/:-@[-`{-~])/g, '$1').matchAll(doiPattern)].map(([found]) => found);
}

/** Point 2: a DOI that is not the bundle's own, or a number of arXiv. */
export function citesPaper({ readme, doi }: ChecklistParts): Answer {
  const own = doi === undefined ? undefined : bareDoi(doi);
  const others = doisIn(readme).filter((found) => found.toLowerCase() !== own?.toLowerCase());
  // Those of Zenodo and its sandbox: another version of this, a data set, or a paper after all.
  const isOfZenodo = (found: string): boolean => /^10\.(?:5281|5072)\/zenodo\./i.test(found);
  const cited = others.find((found) => !isOfZenodo(found)) ?? arxivPattern.exec(readme)?.[0];
  if (cited !== undefined) return { state: 'passed', message: `README.md cites ${cited}.` };
  const remedy =
    'Name it in “related_identifiers” or “references” of .zenodo.json, or in the description, then export again with “Export for Zenodo…”.';
  const [record] = others;
  return record === undefined
    ? { state: 'failed', message: 'README.md names no paper by its DOI or its number of arXiv.', remedy }
    : {
        state: 'unknown',
        message: `README.md names ${record}, a record of Zenodo, and whether that is the paper is not known.`,
        remedy: `If the paper is elsewhere: ${remedy}`,
      };
}

const licences = 'org.opencontainers.image.licenses';

/** Point 3: the metadata, the files and the image's label name the same licence, and SPDX has it. */
export function sameLicence(parts: ChecklistParts): Answer {
  const { metadata, build, files, licenceText } = parts;
  const remedy =
    'Name one licence in “Export for Zenodo…” and in CITATION.cff, put its text into the project as LICENSE, build with “Build Research Image…”, which labels the image, and export again.';
  const failed = (message: string): Answer => ({ state: 'failed', message, remedy });
  const given = metadata.license?.trim() ?? '';
  if (given === '') return failed('The metadata names no licence.');
  // Zenodo's own ids are SPDX's in lower case.
  const licence = spdxLicence(given) ?? given;
  const problem = licenceProblem(licence);
  if (problem !== undefined) return failed(`Licence “${given}”: ${problem}`);
  if (!files.some(({ name }) => /^(?:licen[cs]e|copying)(?:\.(?:md|txt|rst))?$/i.test(name))) {
    return failed(`The licence is ${licence}, but its text is not in the bundle.`);
  }
  const cited = licencesOf(parts.citation ?? '');
  if (cited.length > 0 && !includesLicence(cited, licence)) {
    return failed(`The metadata says ${licence}, but CITATION.cff ${cited.join(' or ')}.`);
  }
  // A text that is not known for sure contradicts nothing.
  const read = guessLicence(licenceText ?? '');
  if (read !== undefined && !includesLicence([licence, ...cited], read)) {
    return failed(`The metadata says ${licence}, but LICENSE has the text of ${read}.`);
  }
  const has = read === undefined ? 'a file for its text is in the bundle' : 'LICENSE has its text';
  const label = build?.labels[licences]?.trim() ?? '';
  if (build === undefined || (label === '' && setsLabel(parts, licences))) {
    return {
      state: 'unknown',
      message: `The metadata says ${licence}, and ${has}; ${build === undefined ? 'what the image’s label says' : `the Dockerfile sets the label ${licences}, and whether to the same`} is not known.`,
      remedy: build === undefined ? remedy : `Take the label out of the Dockerfile: a build sets it. ${remedy}`,
    };
  }
  if (label === '') return failed(`The metadata says ${licence}, but no label of the image does.`);
  // The metadata have room for one of those to choose from.
  return includesLicence(label.replace(/^\((.*)\)$/, '$1').split(/\sOR\s/i), licence)
    ? { state: 'passed', message: `Metadata and image say ${licence}, and ${has}.` }
    : failed(`The metadata says ${licence}, but the image’s label ${label}.`);
}

function includesLicence(choices: readonly string[], licence: string): boolean {
  return choices.some((choice) => choice.trim().toLowerCase() === licence.toLowerCase());
}

const licensed = v.object({
  license: v.union([
    v.array(v.string()),
    v.pipe(
      v.string(),
      v.transform((id) => [id]),
    ),
  ]),
});

/** The licences to choose from that the text of a CITATION.cff names; none where it cannot be read. */
function licencesOf(citation: string): string[] {
  let value: unknown;
  try {
    value = parseYaml(citation);
  } catch {
    return [];
  }
  const parsed = v.safeParse(licensed, value);
  return parsed.success ? parsed.output.license : [];
}

/** Point 14: Zenodo takes the files. */
export function soundFiles({ files }: ChecklistParts): Answer {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const empty = files.filter(({ size }) => size === 0).map(({ name }) => name);
  const odd = files.filter(({ name }) => !/^[\x20-\x7e]+$/.test(name) || /[/\\]/.test(name)).map(({ name }) => name);
  const problems = [
    ...(files.length === 0 ? ['there are none'] : []),
    ...(files.length > zenodoLimits.files ? [`there are ${files.length}, and Zenodo takes ${zenodoLimits.files}`] : []),
    ...(bytes > zenodoLimits.bytes
      ? [`they have ${bytes} bytes, and Zenodo takes ${formatSize(zenodoLimits.bytes)}`]
      : []),
    ...(empty.length > 0 ? [`empty: ${some(empty)}`] : []),
    ...(odd.length > 0 ? [`names that are not flat ASCII: ${some(odd.map((name) => JSON.stringify(name)))}`] : []),
  ];
  return problems.length === 0
    ? { state: 'passed', message: `Zenodo takes the files: ${files.length} with ${formatSize(bytes)}.` }
    : {
        state: 'failed',
        message: `Zenodo does not take the files as they are: ${problems.join('; ')}.`,
        remedy: 'Take what is not needed out of the folder, rename the others, or ask Zenodo for a larger quota.',
      };
}

/** https://developers.zenodo.org/#representation */
const uploadTypes = 'publication poster presentation dataset image video software lesson physicalobject other'.split(
  ' ',
);

/** Point 16: title, creators, ORCID iDs, kind, date; and the DOI in README.md and CITATION.cff. */
export function soundMetadata(parts: ChecklistParts): Answer {
  const { metadata, readme, doi, citation } = parts;
  const { publication_date: date } = metadata;
  const problems = [
    ...(metadata.title.trim() === '' ? ['there is no title'] : []),
    ...(metadata.creators.length === 0 ? ['there are no creators'] : []),
    ...metadata.creators.flatMap(({ name, orcid }) => {
      if (name.trim() === '') return ['a creator has no name'];
      if (orcid === undefined) return [];
      const parsed = parseOrcid(orcid);
      return 'problem' in parsed ? [`ORCID iD “${orcid}” of ${name}: ${parsed.problem.replace(/\.$/, '')}`] : [];
    }),
    ...(metadata.upload_type === undefined || uploadTypes.includes(metadata.upload_type)
      ? []
      : [`Zenodo has no upload_type “${metadata.upload_type}”`]),
    ...(date === undefined || date.split('/').every(isDate) ? [] : [`“${date}” is no publication_date`]),
  ];
  if (problems.length > 0) {
    return {
      state: 'failed',
      message: `The metadata cannot stay so: ${some(problems)}.`,
      remedy: 'Mend .zenodo.json or CITATION.cff of the project, then export again with “Export for Zenodo…”.',
    };
  }
  const remedy = 'Reserve the DOI on Zenodo before you publish, and have it in README.md and CITATION.cff.';
  if (doi === undefined) {
    return { state: 'unknown', message: 'The metadata is valid; no DOI is reserved yet.', remedy };
  }
  const bare = bareDoi(doi);
  if (!namesDoi(readme, bare)) return { state: 'failed', message: `README.md does not have the DOI ${bare}.`, remedy };
  if (citation === undefined) {
    return { state: 'unknown', message: `README.md has the DOI ${bare}; CITATION.cff was not read.`, remedy };
  }
  return namesDoi(citation, bare)
    ? { state: 'passed', message: `The metadata is valid, and README.md and CITATION.cff have the DOI ${bare}.` }
    : { state: 'failed', message: `CITATION.cff does not have the DOI ${bare}.`, remedy };
}

/** Whether a text has the very DOI, not one that only begins so. */
function namesDoi(text: string, doi: string): boolean {
  return doisIn(text).some((found) => found.toLowerCase() === doi.toLowerCase());
}

/** Point 17: a table from claims to commands to outputs, with more than the example in it. */
export function hasClaims(parts: ChecklistParts): Answer {
  const lines = parts.readme.split('\n').map((line) => line.trim());
  const head = lines.findIndex((line) => claimColumns(line) !== undefined);
  const columns = claimColumns(lines[head] ?? '') ?? [];
  const remedy = `Write a row for each claim of the paper into README.md. Then replace what ${
    hasFile(parts, 'ro-crate-metadata.json') ? 'ro-crate-metadata.json and SHA256SUMS say' : 'SHA256SUMS says'
  } of it.`;
  if (head < 0) {
    return { state: 'failed', message: 'README.md has no table of claims, commands and outputs.', remedy };
  }
  const after = lines.slice(head + 2);
  const end = after.findIndex((line) => !line.includes('|'));
  const rows = (end < 0 ? after : after.slice(0, end))
    .filter((row) => /[^\s|]/.test(row) && !row.includes('An example, to be replaced'))
    .map((row) => {
      const cells = cellsOf(row);
      return columns.map((column) => cells[column] ?? '');
    });
  if (rows.length === 0) {
    return { state: 'failed', message: 'The table of claims in README.md has no claim of yours yet.', remedy };
  }
  const partly = rows.filter((cells) => cells.some((cell) => !/[\p{L}\p{N}]/u.test(cell)));
  return partly.length > 0
    ? {
        state: 'failed',
        message: `In the table of claims in README.md, ${partly.length === 1 ? 'one row lacks' : `${partly.length} rows lack`} a claim, its command or its output.`,
        remedy,
      }
    : {
        state: 'passed',
        message: `README.md says of ${rows.length === 1 ? 'one claim' : `${rows.length} claims`} which command and output support it.`,
      };
}

/** Which columns of a table with that head have claims, commands and outputs; undefined where it lacks one. */
function claimColumns(head: string): number[] | undefined {
  const cells = cellsOf(head);
  const columns: number[] = [];
  for (const word of [/\bclaims?\b/i, /\bcommands?\b/i, /\b(?:outputs?|results?)\b/i]) {
    const column = cells.findIndex((cell, at) => word.test(cell) && !columns.includes(at));
    if (column < 0) return undefined;
    columns.push(column);
  }
  return columns;
}

/** The cells of a table's row in Markdown, which may leave out the outer bars. */
function cellsOf(row: string): string[] {
  if (!row.includes('|')) return [];
  return row
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function bareDoi(doi: string): string {
  return doi.trim().replace(/^(?:doi:\s*|https?:\/\/(?:dx\.)?doi\.org\/)/i, '');
}
