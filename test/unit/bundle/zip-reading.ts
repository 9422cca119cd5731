import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOfMember, withZip, type ZipMember } from '../../../src/bundle/read-zip.js';
import { Failure } from '../../../src/host/failure.js';

type Members = ReadonlyMap<string, ZipMember>;

export async function readAll(members: Members): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, member] of members) texts[name] = (await bytesOfMember(member, 1e6)).toString('utf8');
  return texts;
}

/** Where the system tells which files are open. */
export async function assertClosed(file: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const descriptors = await readdir('/proc/self/fd');
  const files = await Promise.all(descriptors.map((fd) => readlink(join('/proc/self/fd', fd)).catch(() => '')));
  assert.ok(!files.includes(file), `${file} is still open`);
}

/** Reading all of a zip, or what is given, is refused, and the zip is closed. */
export async function assertRefused(
  file: string,
  reason: string,
  says: RegExp,
  more: Partial<{
    signal: AbortSignal;
    use: (members: Members) => Promise<unknown>;
    limits: { entries: number; bytes: number };
  }> = {},
): Promise<void> {
  const { signal = new AbortController().signal, use = readAll, limits } = more;
  await assert.rejects(withZip(file, signal, use, limits), (error) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, says);
    assert.match(error.message, /^[A-Za-z].*\.$/s);
    return true;
  });
  await assertClosed(file);
}
