import assert from 'node:assert/strict';
import { parseDockerfile } from '../../../../src/dockerfile/instructions.js';
import {
  aptPart,
  header,
  lastPart,
  outputFolder,
  sourcePart,
  userPart,
} from '../../../../src/dockerfile/recipes/parts.js';
import { commandLabel, outputLabel } from '../../../../src/image/own-labels.js';
import { sampleAnswers, sampleProject } from './sample-project.js';
import { execForm, labelsOf } from './written-dockerfile.js';

/** What the sed of a step makes of a text; its extended expressions are ones of JavaScript, too. */
function edited(step: string, text: string): string {
  const [, pattern, replacement] = /'s#(.*?)#(.*?)#'/.exec(step) ?? [];
  assert.ok(pattern !== undefined && replacement !== undefined);
  return text.replaceAll(new RegExp(pattern, 'gm'), replacement.replaceAll(/\\(\d)/g, '$$$1'));
}

describe('aptPart', () => {
  const debian = aptPart(['libgl1', 'git', 'git'], 'debian', '20261126');
  const ubuntu = aptPart(['git'], 'ubuntu', '20261126');

  it('installs each package once, in order, and leaves nothing behind', () => {
    assert.match(debian, /--no-install-recommends \\\n {6}git \\\n {6}libgl1 \\\n && rm -rf \/var\/lib\/apt\/lists/);
    assert.equal(aptPart([], 'debian', '20261126'), '');
  });

  it('takes Debian’s archives as they were, in both kinds of files', () => {
    const sources = [
      'Types: deb',
      '# http://snapshot.debian.org/archive/debian/20261110T000000Z',
      'URIs: http://deb.debian.org/debian',
      'Suites: bookworm bookworm-updates',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      '',
      'URIs: http://deb.debian.org/debian-security',
    ];
    const expected = [...sources];
    expected[2] = 'URIs: http://snapshot.debian.org/archive/debian/20261126T000000Z';
    expected[6] = 'URIs: http://snapshot.debian.org/archive/debian-security/20261126T000000Z';
    assert.equal(edited(debian, sources.join('\n')), expected.join('\n'));
    assert.equal(
      edited(
        debian,
        'deb http://deb.debian.org/debian bullseye main\ndeb http://security.debian.org/debian-security x main',
      ),
      'deb http://snapshot.debian.org/archive/debian/20261126T000000Z bullseye main\n' +
        'deb http://snapshot.debian.org/archive/debian-security/20261126T000000Z x main',
    );
    assert.match(debian, /sources\.list\.d\/debian\.sources \/etc\/apt\/sources\.list /);
  });

  it('takes Ubuntu’s archives as they were, those of other processors, too', () => {
    const now = 'http://snapshot.ubuntu.com/ubuntu/20261126T000000Z';
    assert.equal(
      edited(ubuntu, 'URIs: http://archive.ubuntu.com/ubuntu/\nURIs: http://security.ubuntu.com/ubuntu/'),
      `URIs: ${now}\nURIs: ${now}`,
    );
    assert.equal(edited(ubuntu, 'URIs: http://ports.ubuntu.com/ubuntu-ports/'), `URIs: ${now}`);
    assert.equal(edited(ubuntu, 'deb http://archive.ubuntu.com/ubuntu/ jammy main'), `deb ${now} jammy main`);
  });
});

describe('userPart', () => {
  it('makes each folder on the way to the results one of the user', () => {
    assert.match(
      userPart(sampleAnswers({ output: 'out/my figures' })),
      /--group=researcher \/project \/project\/out '\/project\/out\/my figures'$/,
    );
    assert.match(userPart(sampleAnswers({ output: './out/' })), / \/project \/project\/out$/);
    assert.equal(outputFolder({ output: './out//a/' }), '/project/out/a');
  });

  it('has the time of the commit in front, by which the day of the account is set', () => {
    const text = userPart(sampleAnswers());
    assert.ok(text.indexOf('ARG SOURCE_DATE_EPOCH') < text.indexOf('RUN useradd'));
  });
});

describe('sourcePart', () => {
  it('leaves root’s last step in front of USER', () => {
    const keywords = parseDockerfile(sourcePart('# Why.\nRUN true')).instructions.map(({ keyword }) => keyword);
    assert.deepEqual(keywords, ['COPY', 'RUN', 'USER']);
    assert.match(sourcePart('', 'mambauser'), /^COPY --chown=mambauser:mambauser \. \.\nUSER mambauser$/m);
  });
});

describe('lastPart', () => {
  const odd = [
    ...['python', 'a  b.py', "it's", 'say "no"', '$HOME', 'C:\\data\\', '', ',', '","', 'Größe', 'two\nlines', '# no'],
    ...['${x:-y}', '<<EOF', '`date`', '[a-z]*'],
  ];

  it('writes any command so that it is read back as it is', () => {
    const text = lastPart(sampleProject(), sampleAnswers({ command: odd, output: "my 'best'  results\\of $2" }));
    const { instructions } = parseDockerfile(text);
    assert.deepEqual(
      instructions.map(({ keyword }) => keyword),
      ['LABEL', 'CMD'],
    );
    assert.deepEqual(execForm(instructions[1]?.arguments ?? ''), odd);
    assert.deepEqual(JSON.parse(labelsOf(text).get(commandLabel) ?? ''), odd);
    assert.equal(labelsOf(text).get(outputLabel), "/project/my 'best'  results\\of $2");
  });

  it('begins with a comma where a command does', () => {
    const text = lastPart(sampleProject(), sampleAnswers({ command: [',', 'x'] }));
    assert.match(text, /^CMD \[",", "x"\]$/m);
  });

  it('runs a shell, and names no command, where there is none', () => {
    const text = lastPart(sampleProject(), sampleAnswers({ command: [] }));
    assert.match(text, /^CMD \["bash"\]$/m);
    assert.equal(labelsOf(text).has(commandLabel), false);
  });

  it('takes title, authors and licence from the citation, on one line each', () => {
    const labels = labelsOf(
      lastPart(
        sampleProject({
          citation: {
            'cff-version': '1.2.0',
            message: '',
            title: 'Two\n  lines of "$x" \\',
            authors: [{ 'family-names': 'Ørsted' }, { name: 'A = B' }],
            license: ['MIT', 'Apache-2.0'],
            keywords: [],
            'repository-code': 'https://example.org',
            abstract: '  ',
          },
        }),
        sampleAnswers(),
      ),
    );
    assert.equal(labels.get('org.opencontainers.image.title'), 'Two lines of "$x" \\');
    assert.equal(labels.get('org.opencontainers.image.authors'), 'Ørsted, A = B');
    assert.equal(labels.get('org.opencontainers.image.licenses'), 'MIT OR Apache-2.0');
    assert.equal(labels.get('org.opencontainers.image.source'), 'https://example.org');
    assert.equal(labels.has('org.opencontainers.image.description'), false);
  });

  it('names the port that is answered', () => {
    assert.match(lastPart(sampleProject(), sampleAnswers({ port: 8050 })), /^EXPOSE 8050$/m);
    assert.doesNotMatch(lastPart(sampleProject(), sampleAnswers()), /EXPOSE/);
  });
});

describe('header', () => {
  it('is a comment and no directive, whatever the project is called', () => {
    for (const name of ['syntax=x', 'a\nFROM evil', '\\', 'escape=`']) {
      const { syntax, escape, instructions } = parseDockerfile(`${header(sampleProject({ name }), 'x')}\nFROM a`);
      assert.deepEqual([syntax, escape, instructions.length], [undefined, '\\', 1]);
    }
  });
});
