import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { isTooDeep } from '../project/yaml.js';
import { type Service } from './model.js';

/**
 * The path of a service's pages where its sources say one: `baseurl` of a Jekyll site (https://jekyllrb.com/docs/configuration/) that it
 * mounts or is built from. With a slash at both ends.
 */
export async function sitePath({ mounts, build }: Pick<Service, 'mounts' | 'build'>): Promise<string | undefined> {
  const mounted = mounts.flatMap((mount) => (mount.kind === 'bind' ? [mount.source] : []));
  for (const folder of new Set([...mounted, ...(build === undefined ? [] : [build.context])])) {
    const text = await readFile(join(folder, '_config.yml'), 'utf8').catch(() => undefined);
    const path = text === undefined ? undefined : baseurlIn(text);
    if (path !== undefined) return path;
  }
  return undefined;
}

function baseurlIn(text: string): string | undefined {
  if (isTooDeep(text)) return undefined;
  const { contents } = parseDocument(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
  const value: unknown = isMap(contents) ? contents.get('baseurl') : undefined;
  if (typeof value !== 'string') return undefined;
  const path = value.trim().replace(/^\/+|\/+$/g, '');
  return path !== '' && /^[\w.~%/-]+$/.test(path) ? `/${path}/` : undefined;
}
