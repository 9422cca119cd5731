import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { collect, tarEntries } from '../../engine/saved-image/tar-entries.js';
import { cancelled } from '../../host/failure.js';
import { secretFileName } from '../../dockerfile/secret-files.js';
import { findSecrets, ownRules } from '../find-secrets.js';

const layerSecret = v.object({ path: v.string(), line: v.exactOptional(v.number()), what: v.string() });

/** What `searchLayer` found, as it is written down and read again. */
export const layerSearch = v.variant('kind', [
  v.object({ kind: v.picklist(['whole', 'partly']), secrets: v.array(layerSecret) }),
  v.object({ kind: v.literal('unknown') }),
]);

/**
 * A file in a layer that gives away a secret by its name, or in a line of its text: its absolute path in the image, and the line,
 * counted from 1. Nothing of the text is in it.
 */
export type LayerSecret = v.InferOutput<typeof layerSecret>;

/**
 * `whole`: all files that the table of folders says were looked at. `partly`: a limit was reached, and there may be more.
 * `unknown`: the layer is no tar that can be read, or was not read to its end. Secrets are sorted by path, line and kind.
 */
export type LayerSearch = v.InferOutput<typeof layerSearch>;

/** What of a file is looked at: its name and its text, its name only, or nothing. */
type Looked = 'text' | 'name' | 'nothing';

/**
 * Where files of people's own are: everywhere but in the folders that packages and systems fill, whose thousands of files hold
 * keys for their tests, examples of tokens, and no secrets. Of the patterns that fit a path, the first one counts.
 */
const folders: readonly (readonly [path: RegExp, looked: Looked])[] = [
  // Settings that people write into R's own folder, and what a web server is given to serve.
  [/\/lib(?:64)?\/R\/etc\//, 'text'],
  [/^\/usr\/share\/nginx\/html\//, 'text'],
  // What the kernel shows, devices and boot files, should a layer have any.
  [/^\/(?:proc|sys|dev|boot)\//, 'nothing'],
  // The distribution's packages, before and after /bin and /lib became a part of /usr. Not all of /usr/src: /usr/src/app is where
  // images for Node.js put the application.
  [/^\/(?:usr\/)?(?:s?bin|lib(?:32|64|x32|exec)?)\//, 'nothing'],
  [/^\/usr\/(?:include|share|games)\//, 'nothing'],
  [/^\/usr\/src\/(?:linux|kernels|python|php|perl|ruby|rustc|g(?:oogle)?(?:test|mock))(?:[-_.][^/]*)?\//, 'nothing'],
  // A key that the package ssl-cert makes for a certificate that nobody trusts.
  [/^\/etc\/ssl\/private\/ssl-cert-snakeoil\.key$/, 'nothing'],
  // What packages keep and download. It is not theirs alone: services have their homes there, with keys of SSH.
  [/^\/var\/(?:lib|cache)\//, 'name'],
  // What is built from source and installed; not its bin, where scripts of people's own are put, nor its etc.
  [/^\/usr\/local\/(?:lib(?:32|64|exec)?|include|share\/(?:doc|info|locale|man)|go|cuda[^/]*|bundle)\//, 'nothing'],
  // Python's packages and standard library, wherever it is, and its sources: its tests have certificates with their keys.
  [/\/(?:site-packages|dist-packages|__pycache__)\/|\/lib(?:64)?\/(?:python|pypy)\d\.\d[^/]*\//, 'nothing'],
  [/\/(?:Python-\d[^/]*|cpython[^/]*)\/Lib\//, 'nothing'],
  // Conda with its environments; not its etc and .condarc.
  [
    /\/\.?(?:(?:ana|mini|micro)?conda|(?:micro|mini)?mamba|(?:mini|mamba)forge)\d?(?:\/envs\/[^/]+)?\/(?:pkgs|lib|libexec|include|share|s?bin|ssl|conda-meta|man|doc)\//,
    'nothing',
  ],
  // R's libraries, and Julia with its depots.
  [/\/lib(?:64)?\/R\/(?:library|bin|doc|include|lib|modules|share|tests)\//, 'nothing'],
  [/\/R\/[^/]+-linux-[^/]*library\/|\/(?:site-library|renv\/(?:library|staging|sandbox)|packrat\/lib)\//, 'nothing'],
  [/^\/(?:opt|usr\/local)\/julia(?:-\d[^/]*)?\//, 'nothing'],
  [/\/\.?julia\/(?:packages|artifacts|compiled|registries|clones)\//, 'nothing'],
  // Packages of Node.js, Rust, Go, Ruby, Perl and Java, and Java itself.
  [/\/(?:node_modules|bower_components|\.pnpm-store|\.yarn\/(?:cache|berry)|\.npm\/_cacache)\//, 'nothing'],
  [/\/\.?(?:cargo\/(?:registry|git)|rustup\/toolchains)\/|\/go\/pkg\/(?:mod|sumdb)\//, 'nothing'],
  [/\/gems\/[^/]+-\d[^/]*\/|\/perl5\/lib\//, 'nothing'],
  [/\/(?:\.m2\/repository|\.gradle\/(?:caches|wrapper)|\.ivy2\/cache)\//, 'nothing'],
  [/^\/(?:opt|usr\/local)\/(?:java\/)?(?:openjdk|jdk|jre)[^/]*\//, 'nothing'],
  // What package managers have downloaded.
  [/\/\.cache\/(?:pip|pipx|uv|pypoetry|conda|yarn|pnpm|node|go-build|R|pre-commit)\//, 'nothing'],
  // Stores of packages of all kinds.
  [/^\/(?:nix|gnu)\/store\/|^\/snap\/|\/(?:linuxbrew\/\.linuxbrew|spack\/(?:opt|lib|share|var))\//, 'nothing'],
  // Large software that comes with examples and tests in thousands of small files.
  [/\/(?:texlive\/\d{4}|(?:MATLAB|matlab)\/R\d{4}[ab])\/|^\/opt\/(?:nvidia|intel|rocm[^/]*)\//, 'nothing'],
  // The remote side of an editor, and what it has installed.
  [/\/\.(?:vscode|cursor)[^/]*\/(?:bin|cli|extensions)\//, 'nothing'],
  // Compressed: nothing can be found in it. A repository's config is looked at.
  [/\/\.git\/(?:objects|lfs)\//, 'nothing'],
];

/** Bytes. What people write by hand is smaller, and so is nearly every text with a key or a token. */
const largestText = 100_000;
/** As Git does it: a file is no text where there is a NUL among so many bytes at its start. */
const textStart = 8_000;
/** Texts that are searched in one layer, their bytes, and secrets that are told: past that, the layer is searched partly. */
const searchLimits = { texts: 5_000, bytes: 50_000_000, told: 1_000 };

/** The version of secretlint's rules that `find-secrets.ts` searches by. */
const presetVersion = '12.0.0';

/** What a search goes by: one that was kept under another version has to be made again. */
export const searchVersion = `secretlint-${presetVersion}-${createHash('sha256')
  .update([ownRules, ...folders, largestText, textStart, JSON.stringify(searchLimits)].join('\n'))
  .digest('hex')
  .slice(0, 12)}`;

/**
 * Lets `take` read a layer's tar, and searches the files in it for secrets at the same time. `take` gets the very chunks, each
 * when the search has taken it; a layer that is no tar disturbs it in nothing. Files are looked at by their names and, up to
 * 100 kB, by their texts. Not looked at are files of packages, whiteouts, and symbolic links and empty files: they have nothing
 * in them.
 *
 * Rejects with what `take` or `content` rejects with, and `cancelled`. Nothing goes on after that.
 */
export async function searchLayer<T>(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  take: (content: AsyncIterable<Uint8Array>) => Promise<T>,
  limits = searchLimits,
): Promise<{ taken: T; search: LayerSearch }> {
  const beside = new Beside();
  const searching = new TarSearch(limits).search(beside.chunks(), signal).finally(() => {
    beside.leave();
  });
  const passing = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      if (signal.aborted) throw cancelled('The search for secrets');
      await beside.put(chunk);
      yield chunk;
    }
    beside.end('whole');
  };
  let taken: T;
  try {
    taken = await take(passing());
  } finally {
    beside.end('broken');
    await searching;
  }
  const search = await searching;
  if (signal.aborted) throw cancelled('The search for secrets');
  return { taken, search };
}

/** Chunks that one side puts and the other one takes, one at a time. The first end counts. */
class Beside {
  private chunk: Uint8Array | undefined;
  private state: 'open' | 'whole' | 'broken' | 'left' = 'open';
  /** Only one side can be waiting: for a chunk, or for it to be taken. */
  private changed = (): void => undefined;

  /** Resolves when the chunk is taken, or no more are. */
  put(chunk: Uint8Array): Promise<void> {
    if (this.state !== 'open') return Promise.resolve();
    this.chunk = chunk;
    this.changed();
    return this.change();
  }

  end(how: 'whole' | 'broken'): void {
    if (this.state === 'open') this.state = how;
    this.changed();
  }

  leave(): void {
    this.state = 'left';
    this.chunk = undefined;
    this.changed();
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { chunk } = this;
      if (chunk !== undefined) {
        this.chunk = undefined;
        this.changed();
        yield chunk;
      } else if (this.state === 'open') await this.change();
      else if (this.state === 'broken') throw new Error('The layer was not read to its end.');
      else return;
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => {
      this.changed = resolve;
    });
  }
}

class TarSearch {
  private readonly byName: LayerSecret[] = [];
  private texts = 0;
  private bytes = 0;
  private kind: 'whole' | 'partly' = 'whole';

  constructor(private readonly limits: typeof searchLimits) {}

  /** Never rejects. */
  async search(source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<LayerSearch> {
    try {
      const inTexts = await findSecrets(this.textsOf(source), signal);
      const all = [...this.byName, ...inTexts.map(({ where, line, what }) => ({ path: where, line, what }))];
      // A tar can have the same file twice.
      const secrets = [...new Map(all.map((secret) => [JSON.stringify(secret), secret])).values()].sort(order);
      if (secrets.length > this.limits.told) this.kind = 'partly';
      return { kind: this.kind, secrets: secrets.slice(0, this.limits.told) };
    } catch {
      return { kind: 'unknown' };
    }
  }

  /** The texts to be searched; names are looked at on the way. */
  private async *textsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ where: string; text: string }> {
    for await (const { header, content } of tarEntries(source)) {
      const { type, size } = header;
      const path = pathOf(header.name);
      // A hard link has no content of its own: that is where the link leads to, in the same layer.
      const isLink = type === 'link';
      if (!isLink && type !== 'file' && type !== 'contiguous-file') continue;
      if (isWhiteout.test(path) || (size === 0 && !isLink)) continue;
      const looked = folders.find(([folder]) => folder.test(path))?.[1] ?? 'text';
      if (looked === 'nothing') continue;
      const what = secretFileName(path);
      if (what !== undefined) this.byName.push({ path, what });
      if (looked === 'name' || isLink || size > largestText) continue;
      const bytes = await collect(content);
      if (bytes.subarray(0, textStart).includes(0)) continue;
      if (this.texts === this.limits.texts || this.bytes + size > this.limits.bytes) this.kind = 'partly';
      else {
        this.texts++;
        this.bytes += size;
        yield { where: path, text: bytes.toString('utf8') };
      }
    }
  }
}

/** OCI image-spec 1.1, `layer.md`: the file of that name in the layers below is removed. */
const isWhiteout = /\/\.wh\.[^/]*$/;

function pathOf(name: string): string {
  return `/${name.replace(/^(?:\.?\/)+/, '')}`;
}

function order(left: LayerSecret, right: LayerSecret): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1;
  if (left.line !== right.line) return (left.line ?? 0) - (right.line ?? 0);
  return left.what < right.what ? -1 : 1;
}
