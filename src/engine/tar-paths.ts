import { Failure } from '../host/failure.js';
import { type ReadMember } from './tar/read-tar.js';

/**
 * The members of a tar that is to be unpacked in a folder; rejects `archive-damaged` for one that would get out of it: by an
 * absolute name, by `..`, or through a symbolic link of the same tar. What a symbolic link itself says is free.
 */
export async function* checkedPaths(members: AsyncIterable<ReadMember>): AsyncGenerator<ReadMember> {
  const links = new Set<string>();
  for await (const member of members) {
    const path = pathIn(member.name, links);
    if (path === '' && member.kind !== 'folder') throw leadsOut(member.name);
    if (member.kind === 'hard-link') pathIn(member.target, links);
    if (member.kind === 'link') links.add(path);
    else links.delete(path);
    yield member;
  }
}

/** The path in its shortest form, empty for the folder itself. */
function pathIn(name: string, links: ReadonlySet<string>): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (name.startsWith('/') || name.includes('\0') || parts.includes('..')) throw leadsOut(name);
  if (links.size > 0) {
    let above = '';
    for (const part of parts.slice(0, -1)) {
      above += above === '' ? part : `/${part}`;
      if (links.has(above)) throw leadsOut(name);
    }
  }
  return parts.join('/');
}

function leadsOut(name: string): Failure {
  return new Failure(
    'archive-damaged',
    `The tar has the name ${JSON.stringify(name.slice(0, 100))}, which leads out of the volume.`,
    'Take only archives from those whom you trust; make it again with names relative to the folder.',
  );
}
