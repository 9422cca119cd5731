import { commandLabel, dataLabel, outputLabel } from '../image/own-labels.js';

/** A label of images that a person may be helped with. */
export interface KnownLabel {
  name: string;
  /** One or two sentences for somebody who does not know Docker. */
  text: string;
  /** How it is written. */
  example: string;
  /** A snippet of what is behind the name. */
  insert: string;
}

function label(name: string, text: string, value: string): KnownLabel {
  return { name, text, example: `${name}="${value}"`, insert: '="$1"' };
}

const standard = 'org.opencontainers.image';

/** Our own labels first, then those of https://specs.opencontainers.org/image-spec/annotations/. */
export const knownLabels: readonly KnownLabel[] = [
  {
    name: outputLabel,
    text: 'The folder in the container that the program writes its results to. “Run with Output Binding…” binds a folder of yours there.',
    example: `${outputLabel}="/project/results"`,
    insert: '="/project/${1:results}"',
  },
  {
    name: commandLabel,
    text: 'What “Run with Output Binding…” proposes to run: a list of words in JSON, as in CMD.',
    example: `${commandLabel}='["python", "main.py"]'`,
    insert: `='["\${1:python}", "\${2:main.py}"]'`,
  },
  {
    name: dataLabel,
    text: 'The folders in the container that data is mounted at, a list in JSON. “Run with Output Binding…” proposes those of the project.',
    example: `${dataLabel}='["/project/data"]'`,
    insert: `='["/project/\${1:data}"]'`,
  },
  label(`${standard}.title`, 'What the image is called.', 'My study'),
  label(`${standard}.description`, 'What is in the image, in a sentence.', 'The environment and code of my study'),
  label(`${standard}.authors`, 'Who made it, and how they can be reached.', 'Jane Doe <jane@example.org>'),
  label(`${standard}.licenses`, 'The licence of what is in the image, as SPDX writes it.', 'MIT'),
  label(`${standard}.version`, 'The version of what is in the image. The build adds that of CITATION.cff.', '1.0.0'),
  label(
    `${standard}.source`,
    'Where the source code is. The build adds the address of the git remote.',
    'https://github.com/owner/name',
  ),
  label(`${standard}.revision`, 'The commit that was built. The build adds it.', '3f2c1ab…'),
  label(
    `${standard}.created`,
    'The time that it is of, as RFC 3339 writes it. The build adds that of the commit, so that two builds are alike.',
    '2026-11-26T09:00:00Z',
  ),
  label(
    `${standard}.url`,
    'Where more can be read, such as the page of the paper.',
    'https://doi.org/10.5281/zenodo.1234567',
  ),
  label(`${standard}.documentation`, 'Where it is documented how to use it.', 'https://example.org/docs'),
  label(`${standard}.vendor`, 'The institution that it comes from.', 'University of Somewhere'),
  label(`${standard}.ref.name`, 'The name of this version among others.', 'v1.0'),
  label(
    `${standard}.base.name`,
    'The image that it is based on. The build adds it.',
    'docker.io/library/python:3.12-slim-bookworm',
  ),
  label(`${standard}.base.digest`, 'The digest of the image that it is based on. The build adds it.', 'sha256:…'),
];
