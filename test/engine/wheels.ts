import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { type Wheel } from '../harness/engines/package-proxy.js';

/**
 * A wheel of one module of Python (https://packaging.python.org/en/latest/specifications/binary-distribution-format/), the same
 * bytes each time.
 */
export async function pureWheel(name: string, version: string, module: string): Promise<Wheel & { sha256: string }> {
  const info = `${name}-${version}.dist-info`;
  const files: Record<string, string> = {
    [`${name}.py`]: module,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = Object.entries(files).map(
    ([path, text]) =>
      `${path},sha256=${createHash('sha256').update(text).digest('base64url')},${Buffer.byteLength(text)}\n`,
  );
  files[`${info}/RECORD`] = `${record.join('')}${info}/RECORD,,\n`;
  const zip = new ZipFile();
  for (const [path, text] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(text), path, { mtime: new Date(1980, 0, 1, 12), mode: 0o644 });
  }
  zip.end();
  const content = await buffer(zip.outputStream);
  return {
    file: `${name}-${version}-py3-none-any.whl`,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}
