import { withChecksum } from './raw-tar.js';

/** Whole numbers below a bound, the same for the same seed: the linear congruential generator of Numerical Recipes. */
export function seeded(seed: number): (below: number) => number {
  // Seeds that follow each other are to begin far apart.
  let state = Math.imul(seed, 0x9e37_79b1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A tar with one thing wrong: a bit, a field of a header, blocks that are gone, there twice or swapped, or its end cut off. */
export function spoilt(tar: Buffer, random: (below: number) => number): { bytes: Buffer; what: string } {
  const blocks = Math.floor(tar.length / 512);
  const block = random(blocks) * 512;
  const at = random(tar.length);
  const bytes = Buffer.from(tar);
  switch (random(6)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      return { bytes, what: `a bit of byte ${at} flipped` };
    case 1: {
      const headers = [...tar.toString('latin1').matchAll(/ustar/g)].map(({ index }) => index - 257);
      const start = headers.filter((offset) => offset % 512 === 0)[random(headers.length)] ?? 0;
      const place = [0, 99, 124 + random(12), 135, 156, 157, 345][random(7)] ?? 0;
      const value = [0, 0x2e, 0x2f, 0x32, 0x78, 0x80, 0xff][random(7)] ?? 0;
      bytes[start + place] = value;
      withChecksum(bytes.subarray(start, start + 512)).copy(bytes, start);
      return { bytes, what: `byte ${place} of the header at ${start} is ${value}, with a right checksum` };
    }
    case 2:
      return { bytes: Buffer.concat([tar.subarray(0, block), tar.subarray(block + 512)]), what: `no block ${block}` };
    case 3:
      return { bytes: Buffer.concat([tar.subarray(0, block + 512), tar.subarray(block)]), what: `${block} twice` };
    case 4: {
      const other = random(blocks) * 512;
      tar.copy(bytes, other, block, block + 512);
      tar.copy(bytes, block, other, other + 512);
      return { bytes, what: `blocks ${block} and ${other} swapped` };
    }
    default:
      return { bytes: tar.subarray(0, at), what: `cut off at ${at}` };
  }
}
