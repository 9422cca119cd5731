import { named } from './call-results.js';
import { isTelling, type Written } from './output-folders.js';
import { type ProgramLanguage } from './tokens.js';
import { type Call, type Program, type Value } from './values.js';

/** Where a function has the path that it writes to. */
interface Writer {
  /** Which arguments may be it, counted from 0; -1 is what the method is called of. */
  at: readonly number[];
  /** What the argument is called where it is given by name. */
  names?: readonly string[];
  of?: 'folder';
  /** Which argument must have a mode that writes. */
  mode?: number;
  /** What stands in front of the name's dot. */
  owner?: RegExp;
}

const anyOwner = { at: [0] };

const python = writers([
  ['savefig', { at: [0], names: ['fname'] }],
  ['to_csv to_json to_html to_latex to_markdown to_string', { at: [0], names: ['path_or_buf', 'buf'] }],
  ['to_parquet to_feather to_pickle to_stata to_netcdf to_zarr to_file', { at: [0], names: ['path', 'filename'] }],
  ['to_hdf', { at: [0], names: ['path_or_buf'] }],
  ['to_excel', { at: [0], names: ['excel_writer'] }],
  ['write_csv write_parquet write_json write_image write_html write_h5ad write_video imsave mimsave', anyOwner],
  ['imwrite', { at: [0], names: ['filename', 'uri'] }],
  ['savez savez_compressed savetxt', { at: [0], names: ['file', 'fname'] }],
  ['save', { at: [0, 1], names: ['file', 'filename', 'fp', 'f'] }],
  ['dump save_file save_npz write_table', { at: [1], names: ['filename', 'where'] }],
  ['savemat mmwrite', { at: [0], names: ['file_name'] }],
  ['save_pretrained save_to_disk', { at: [0], of: 'folder' }],
  ['save_model save_weights', { at: [0, 1] }],
  ['ExcelWriter FileHandler RotatingFileHandler VideoWriter', { at: [0] }],
  ['SummaryWriter', { at: [0], names: ['log_dir', 'logdir'], of: 'folder' }],
  ['open fdopen', { at: [0], names: ['file', 'filename'], mode: 1 }],
  ['ZipFile GzipFile BZ2File LZMAFile', { at: [0], names: ['file', 'filename'], mode: 1 }],
  ['ModelCheckpoint', { at: [], names: ['dirpath'], of: 'folder' }],
  ['File', { at: [0], names: ['name'], mode: 1, owner: /^h5py$/ }],
  ['write_text write_bytes touch', { at: [-1] }],
  ['mkdir', { at: [-1, 0], of: 'folder' }],
  ['makedirs', { at: [0], names: ['name'], of: 'folder' }],
  ['copy copyfile copy2 move', { at: [1], names: ['dst'], owner: /^shutil$/ }],
  ['basicConfig', { at: [], names: ['filename'] }],
  ['write', { at: [0], owner: /(?:^|\.)(?:wavfile|sf|soundfile|io)$/ }],
]);

const r = writers([
  [
    'write.csv write.csv2 write.table write_csv write_tsv write_delim write_rds fwrite write.xlsx',
    { at: [0, 1], names: ['file', 'path'] },
  ],
  ['saveRDS save_kable gtsave save_as_docx qsave write_fst', { at: [0, 1], names: ['file', 'filename', 'path'] }],
  ['write_xlsx saveWorkbook saveWidget write_lines write_file', { at: [0, 1], names: ['path', 'file'] }],
  ['st_write write_sf writeRaster writeVector', { at: [0, 1], names: ['dsn', 'filename'] }],
  ['write_feather write_parquet', { at: [0, 1], names: ['sink', 'path'] }],
  ['save cat', { at: [], names: ['file'] }],
  ['sink save.image', { at: [0], names: ['file'] }],
  ['ggsave', { at: [0, 1], names: ['filename', 'file'] }],
  ['pdf png jpeg tiff svg bmp cairo_pdf postscript agg_png', { at: [0], names: ['file', 'filename'] }],
  ['writeLines write', { at: [0, 1], names: ['con', 'file'] }],
  ['dir.create dir_create', { at: [0], names: ['path'], of: 'folder' }],
]);

const julia = writers([
  ['write', { at: [0] }],
  ['savefig', { at: [0, 1] }],
  ['save @save jldsave save_object wsave safesave npzwrite matwrite writedlm serialize', { at: [0, 1] }],
  ['open h5open jldopen', { at: [0], mode: 1 }],
  ['mkpath mkdir', { at: [0], of: 'folder' }],
]);

const byLanguage = { python, r, julia };

function writers(table: readonly [names: string, writer: Writer][]): ReadonlyMap<string, Writer> {
  return new Map(table.flatMap(([names, writer]) => names.split(' ').map((name) => [name, writer] as const)));
}

/** What the calls, constants and options of a program say about where it writes. */
export function writtenByProgram({ calls, assignments }: Program, language: ProgramLanguage): Written[] {
  const table = byLanguage[language];
  const written: Written[] = [];
  for (const call of calls) {
    if (call.isDefinition) continue;
    const writer = table.get(call.name);
    if (writer !== undefined || call.owner === 'hydra') written.push(...writtenByCall(call, writer));
    for (const { name, value } of call.args) if (name !== undefined) written.push(...byName(name, value));
  }
  for (const { name, value } of assignments) written.push(...byName(name, value));
  return written.sort((one, other) => one.line - other.line);
}

function writtenByCall(call: Call, writer: Writer | undefined): Written[] {
  // Hydra makes this folder for every run, unless it is told otherwise.
  if (call.name === 'main' && call.owner === 'hydra') return [{ path: 'outputs', of: 'folder', line: call.line }];
  if (writer === undefined || writer.owner?.test(call.owner) === false) return [];
  const path = pathOf(call, writer);
  if (path === undefined) return [];
  const written = asWritten(path, writer.of ?? 'file', call.line);
  return written === undefined ? [] : [written];
}

function pathOf(call: Call, { at, names = [], mode }: Writer): Value | undefined {
  const plain = call.args.filter(({ name }) => name === undefined).map(({ value }) => value);
  if (mode !== undefined) {
    const isMethod = call.receiver?.text !== undefined;
    const given = named(call, 'mode') ?? plain[isMethod ? mode - 1 : mode];
    if (given?.text === undefined || !/^[rbtU]*[wax]|^r\+|^cw$/.test(given.text)) return undefined;
    if (isMethod) return call.receiver;
  }
  const candidates = at.map((index) => (index < 0 ? call.receiver : plain[index]));
  return named(call, ...names) ?? candidates.find((value) => value?.text !== undefined && value.text !== '');
}

/** A constant, parameter or option that is called after results. */
function byName(name: string, value: Value): Written[] {
  if (value.text === undefined || !isForResults.test(name)) return [];
  const isFile = /\.\w{1,5}$/.test(value.text);
  const isFolder = /(?:dir|directory|folder|root)$/i.test(name) || !isFile;
  const isTold = /(?:dir|directory|folder|path|root|file|filename)$/i.test(name);
  // Else it may as well be “N/A” or “km/h”.
  const isPath =
    value.text.includes('/') && (isFile || value.text.endsWith('/') || value.text.split('/').some(isTelling));
  if (!isTold && !isPath && !/^(?:results?|outputs?|out|fig(?:ure)?s?|plots?)$/i.test(value.text)) return [];
  const written = asWritten(value, isFolder ? 'folder' : 'file', value.line);
  return written === undefined ? [] : [written];
}

const isForResults =
  /^(?:\w*[._])?(?:(?:out|outputs?|results?|saved?|figs?|figures?|plots?)(?:[._]?(?:dir|directory|folder|path|root|file|filename|to))?|(?:checkpoints?|ckpts?|logs?)[._]?(?:dir|directory|folder))$/i;

/** A text that is not known to its end is the folder that is. */
function asWritten({ text, isWhole }: Value, of: 'folder' | 'file', line: number): Written | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (isWhole) return { path: text, of, line };
  const slash = text.replaceAll('\\', '/').lastIndexOf('/');
  return slash <= 0 ? undefined : { path: text.slice(0, slash), of: 'folder', line };
}
