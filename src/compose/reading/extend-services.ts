import { basename, dirname } from 'node:path';
import { type Place } from '../place.js';
import { type Problems } from '../problem.js';
import { Fields } from './fields.js';
import { mergeServices } from './merge.js';
import { isRemote } from './short-forms.js';
import { type Mapping, valueOf, withoutKey, withValue } from './tree.js';

/** A compose file in long forms. */
interface LoadedFile {
  /** Absolute path. */
  file: string;
  root: Mapping;
}

/**
 * The file with all that its services extend put into them, by
 * https://github.com/compose-spec/compose-spec/blob/main/05-services.md#extends.
 *
 * @param load reads another file, the relative paths of which start from a folder; `place` is what names it
 */
export async function extendServices(
  loaded: LoadedFile,
  load: (file: string, folder: string, place: Place) => Promise<Mapping | undefined>,
  problems: Problems,
): Promise<Mapping> {
  const services = valueOf(loaded.root, 'services');
  if (services?.kind !== 'mapping') return loaded.root;
  const extending = new Extending(load, problems);
  let result = services;
  for (const [name, { value }] of services.entries) {
    if (valueOf(value, 'extends') === undefined) continue;
    const service = await extending.extended(loaded, name, []);
    if (service !== undefined) result = withValue(result, name, service);
  }
  return withValue(loaded.root, 'services', result);
}

class Extending {
  /** Circles that were told of, each by the services in it. */
  private readonly told = new Set<string>();

  constructor(
    private readonly load: (file: string, folder: string, place: Place) => Promise<Mapping | undefined>,
    private readonly problems: Problems,
  ) {}

  /** @param extendedBy the services that extend this one, each with its file; undefined where the service is no mapping */
  async extended(
    { file, root }: LoadedFile,
    name: string,
    extendedBy: readonly string[],
  ): Promise<Mapping | undefined> {
    const service = valueOf(valueOf(root, 'services'), name);
    if (service?.kind !== 'mapping') return undefined;
    const extension = valueOf(service, 'extends');
    if (extension === undefined) return service;
    const own = withoutKey(service, 'extends');
    const id = `${name}\0${file}`;
    const chain = [...extendedBy, id];
    if (extendedBy.includes(id)) {
      this.refuseCircle(chain.slice(chain.indexOf(id)), file, extension.place);
      return service;
    }
    const fields = extension.kind === 'mapping' ? new Fields(extension, this.problems) : undefined;
    const base = fields?.text('service');
    const other = fields?.text('file');
    fields?.finish();
    if (fields === undefined || base === undefined) {
      const message = '“extends” names the service that this one extends.';
      this.problems.error(extension.place, 'missing-key', message, 'Write “service:” with its name under it.');
      return service;
    }
    const from = other === undefined ? { file, root } : await this.loadOther(other, fields.placeOf('file'));
    if (from === undefined) return service;
    if (valueOf(valueOf(from.root, 'services'), base) === undefined) {
      const message = `${basename(from.file)} has no service “${base}”.`;
      const remedy = 'Name a service of the same file, or give the file that has it under “file:”.';
      this.problems.error(fields.placeOf('service'), 'undefined', message, remedy);
      return service;
    }
    const extended = await this.extended(from, base, chain);
    return extended === undefined ? own : mergeServices(extended, own);
  }

  private refuseCircle(circle: readonly string[], file: string, place: Place): void {
    const key = [...new Set(circle)].sort().join('\n');
    if (this.told.has(key)) return;
    this.told.add(key);
    const message = `Services extend each other in a circle: ${circle.map((each) => sayService(each, file)).join(' → ')}.`;
    this.problems.error(place, 'cycle', message, 'Let one of them extend none of the others.');
  }

  private async loadOther(file: string, place: Place): Promise<LoadedFile | undefined> {
    if (isRemote(file)) {
      this.problems.unsupported(place, 'error', 'Compose files from elsewhere are not fetched.');
      return undefined;
    }
    const root = await this.load(file, dirname(file), place);
    return root === undefined ? undefined : { file, root };
  }
}

function sayService(id: string, here: string): string {
  const [name = '', file = ''] = id.split('\0');
  return file === here ? name : `${name} (${basename(file)})`;
}
