import { zenodoLimits } from './zenodo-json.js';
import { type Answer, type ChecklistParts, hasFile, some } from './checklist-parts.js';
import { licenceProblem, spdxLicence } from './licence.js';
import { sizeText } from './markdown.js';
import { parseOrcid } from './orcid.js';

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
        remedy: 'Export it again with “Export for Zenodo…”, which writes them, or add them.',
      };
}

const doiPattern = /\b10\.\d{4,9}\/[^\s<>"'`|]*[^\s<>"'`|.,;:)\]}]/g;
const arxivPattern =
  /\barxiv:\s?(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?\/\d{7})|\barxiv\.org\/(?:abs|pdf)\/[\w.-]*\d/i;

/** Point 2: a DOI that is not the bundle's own, or a number of arXiv. */
export function citesPaper({ readme, doi }: ChecklistParts): Answer {
  const own = doi === undefined ? undefined : bareDoi(doi);
  const paper = [...readme.matchAll(doiPattern)]
    .map(([found]) => found)
    .find((found) => found.toLowerCase() !== own?.toLowerCase());
  const cited = paper ?? arxivPattern.exec(readme)?.[0];
  return cited === undefined
    ? {
        state: 'failed',
        message: 'README.md names no paper by its DOI or its number of arXiv.',
        remedy:
          'Name it in “related_identifiers” or “references” of .zenodo.json, or in the abstract of CITATION.cff, then export again with “Export for Zenodo…”.',
      }
    : { state: 'passed', message: `README.md cites ${cited}.` };
}

/** Point 3: the metadata, a file and the image's label name the same licence, and SPDX has it. */
export function sameLicence(parts: ChecklistParts): Answer {
  const { metadata, build, files } = parts;
  const remedy =
    'Put LICENSE and a CITATION.cff with the same licence into the project, build with “Build Research Image…”, which labels the image, and export again.';
  const given = metadata.license?.trim() ?? '';
  if (given === '') return { state: 'failed', message: 'The metadata names no licence.', remedy };
  // Zenodo's own ids are SPDX's in lower case.
  const licence = spdxLicence(given) ?? given;
  const problem = licenceProblem(licence);
  if (problem !== undefined) return { state: 'failed', message: `Licence “${given}”: ${problem}`, remedy };
  if (!files.some(({ name }) => /^(?:licen[cs]e|copying)(?:\.(?:md|txt|rst))?$/i.test(name))) {
    return { state: 'failed', message: `The licence is ${licence}, but its text is not in the bundle.`, remedy };
  }
  if (build === undefined) {
    return {
      state: 'unknown',
      message: `Metadata and LICENSE are there for ${licence}; what the image’s label says is not known.`,
      remedy,
    };
  }
  const label = build.labels['org.opencontainers.image.licenses']?.trim() ?? '';
  if (label === '') {
    return { state: 'failed', message: `The metadata says ${licence}, but no label of the image does.`, remedy };
  }
  // The metadata have room for one of those to choose from.
  const choices = label.split(/\sOR\s/i).map((choice) => choice.trim().toLowerCase());
  return choices.includes(licence.toLowerCase())
    ? { state: 'passed', message: `Metadata and image say ${licence}, and its text is in the bundle.` }
    : { state: 'failed', message: `The metadata says ${licence}, but the image’s label ${label}.`, remedy };
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
      ? [`they have ${bytes} bytes, and Zenodo takes ${sizeText(zenodoLimits.bytes)}`]
      : []),
    ...(empty.length > 0 ? [`empty: ${some(empty)}`] : []),
    ...(odd.length > 0 ? [`names that are not flat ASCII: ${some(odd.map((name) => JSON.stringify(name)))}`] : []),
  ];
  return problems.length === 0
    ? { state: 'passed', message: `Zenodo takes the files: ${files.length} with ${sizeText(bytes)}.` }
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

/** Point 16: title, creators, ORCID iDs, kind; and the DOI in the README. */
export function soundMetadata({ metadata, readme, doi }: ChecklistParts): Answer {
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
  return readme.toLowerCase().includes(bareDoi(doi).toLowerCase())
    ? { state: 'passed', message: `The metadata is valid, and README.md has the DOI ${bareDoi(doi)}.` }
    : { state: 'failed', message: `README.md does not have the DOI ${bareDoi(doi)}.`, remedy };
}

/** Point 17: a table from claims to commands to outputs, with more than the example in it. */
export function hasClaims(parts: ChecklistParts): Answer {
  const lines = parts.readme.split('\n').map((line) => line.trim());
  const head = lines.findIndex(
    (line) =>
      /\|.*\|/.test(line) &&
      [/\bclaims?\b/i, /\bcommands?\b/i, /\b(?:outputs?|results?)\b/i].every((word) => word.test(line)),
  );
  const remedy = `Write a row for each claim of the paper into README.md. Then replace what ${
    hasFile(parts, 'ro-crate-metadata.json') ? 'ro-crate-metadata.json and SHA256SUMS say' : 'SHA256SUMS says'
  } of it.`;
  if (head < 0) {
    return { state: 'failed', message: 'README.md has no table of claims, commands and outputs.', remedy };
  }
  const after = lines.slice(head + 2);
  const end = after.findIndex((line) => !line.includes('|'));
  const rows = (end < 0 ? after : after.slice(0, end)).filter(
    (row) => /[^\s|]/.test(row) && !row.includes('An example, to be replaced'),
  );
  return rows.length === 0
    ? { state: 'failed', message: 'The table of claims in README.md has no claim of yours yet.', remedy }
    : {
        state: 'passed',
        message: `README.md says of ${rows.length === 1 ? 'one claim' : `${rows.length} claims`} which command and output support it.`,
      };
}

function bareDoi(doi: string): string {
  return doi.trim().replace(/^(?:doi:\s*|https?:\/\/(?:dx\.)?doi\.org\/)/i, '');
}
