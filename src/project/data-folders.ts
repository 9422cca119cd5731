import { outermost } from './outermost-folders.js';
import { hasName } from './sorted-names.js';

const dataName = /^(?:data|datas|datasets?|inputs?|raw|raw[-_]data|data[-_]raw|corpus|corpora)$/i;
const resultName =
  /^(?:results?|outputs?|out|figures?|figs?|plots?|images?|imgs?|logs?|runs|checkpoints?|models?|docs?|tests?|examples?|build|dist|media|assets|static)$/i;
const dataEndings = new Set(
  (
    'csv tsv npy npz h5 hdf5 hdf parquet feather arrow nc nc4 zarr mat rds rda rdata sav dta fits fasta fastq fa fq vcf bam ' +
    'bed nii dcm edf tif tiff jsonl ndjson sqlite db root xyz pdb las laz shp gpkg geojson wav flac'
  ).split(' '),
);
const codeEndings = new Set('py pyx r jl c cc cpp cu h hpp f90 m sh js ts'.split(' '));
const compressedEndings = new Set('gz bz2 xz zst'.split(' '));
/** Folders further down are parts of one further up. */
const deepest = 3;
/** Of a folder with another name: so many files, and nearly all of them data. */
const fewestFiles = 10;
const share = 0.8;

interface Counted {
  files: number;
  data: number;
  code: number;
  isPackage: boolean;
}

/**
 * Folders with data, by the names of the folders and of the files in them; of folders in each other the outermost.
 *
 * @param names all files of the project, sorted
 * @param outputs folders that the code writes to
 */
export function dataFolders(names: readonly string[], outputs: readonly string[]): string[] {
  const isRPackage = hasName(names, 'DESCRIPTION') && names.some((name) => /^R\/[^/]+\.[rR]$/.test(name));
  const folders = [...countFolders(names)]
    .filter(([folder, counted]) => isData(folder, counted) && !(isRPackage && folder === 'data'))
    .map(([folder]) => folder)
    .filter((folder) => !outputs.some((output) => folder === output || folder.startsWith(`${output}/`)));
  return outermost(folders);
}

/** The files of each folder, with those below. */
function countFolders(names: readonly string[]): Map<string, Counted> {
  const own = new Map<string, Counted>();
  let current = '';
  let counted: Counted | undefined;
  for (const name of names) {
    const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    // Sorted names have the files of a folder mostly behind each other.
    if (counted === undefined || folder !== current) {
      current = folder;
      counted = own.get(folder) ?? { files: 0, data: 0, code: 0, isPackage: false };
      own.set(folder, counted);
    }
    const dot = name.lastIndexOf('.');
    let kind = kindOf(name.slice(dot + 1));
    if (kind === 'compressed') kind = kindOf(name.slice(name.lastIndexOf('.', dot - 1) + 1, dot));
    counted.files += 1;
    if (kind === 'data') counted.data += 1;
    if (kind === 'code') {
      counted.code += 1;
      counted.isPackage ||= name.endsWith('/__init__.py');
    }
  }
  return withFoldersBelow(own);
}

function kindOf(ending: string): 'data' | 'code' | 'compressed' | 'other' {
  const lower = ending.toLowerCase();
  if (dataEndings.has(lower)) return 'data';
  if (compressedEndings.has(lower)) return 'compressed';
  return codeEndings.has(lower) ? 'code' : 'other';
}

function withFoldersBelow(own: ReadonlyMap<string, Counted>): Map<string, Counted> {
  const folders = new Map<string, Counted>();
  for (const [folder, counted] of own) {
    const parts = folder === '' ? [] : folder.split('/');
    for (let depth = 1; depth <= Math.min(parts.length, deepest); depth += 1) {
      const path = parts.slice(0, depth).join('/');
      const sum = folders.get(path) ?? { files: 0, data: 0, code: 0, isPackage: false };
      folders.set(path, sum);
      sum.files += counted.files;
      sum.data += counted.data;
      sum.code += counted.code;
      if (depth === parts.length) sum.isPackage = counted.isPackage;
    }
  }
  return folders;
}

function isData(folder: string, { files, data, code, isPackage }: Counted): boolean {
  const parts = folder.split('/');
  if (isPackage || parts.some((part) => part.startsWith('.') || resultName.test(part))) return false;
  const name = parts.at(-1) ?? '';
  if (dataName.test(name)) return code < files && (data > 0 || code === 0);
  return files >= fewestFiles && data / files >= share;
}
