import { uniqueItems } from './merge.js';
import { portsForm } from './short-ports.js';
import {
  absolutePath,
  each,
  externalForm,
  type FormContext,
  hostsForm,
  listForm,
  type LongForm,
  namesForm,
  pairsForm,
  pathForm,
  underKey,
  within,
} from './short-forms.js';
import { volumeForm } from './short-volumes.js';
import { type Mapping, mapping, mapValues, scalar, sequence, textOf, type Tree, valueOf, withValue } from './tree.js';

const both =
  (first: LongForm, second: LongForm): LongForm =>
  (tree, context) =>
    second(first(tree, context), context);

const grantsForm = each(underKey('source'));

const deviceForm: LongForm = (tree, { problems }) => {
  const text = textOf(tree);
  if (text === undefined) return tree;
  const [source = '', target = source, permissions = 'rwm', ...more] = text.split(':');
  if (more.length > 0 || source === '') {
    const remedy = 'Write it as "source", "source:target" or "source:target:rwm".';
    problems.error(tree.place, 'value', `“${text}” is no device with its place in the container.`, remedy);
  }
  const at = (value: string): Tree => scalar(value, tree.place);
  return mapping(tree.place, { source: at(source), target: at(target), permissions: at(permissions) });
};

const gpusForm: LongForm = (tree, { problems }) => {
  if (tree.kind !== 'scalar') return tree;
  if (tree.value !== 'all') {
    problems.error(tree.place, 'value', '“gpus” is “all”, or a list of devices.', 'Write “gpus: all”.');
  }
  return sequence(tree.place, [mapping(tree.place, { count: scalar('all', tree.place) })]);
};

const deviceOptionsForm = each(within({ options: pairsForm }));

const dependencyForm = namesForm(({ place }) =>
  mapping(place, { condition: scalar('service_started', place), required: scalar(true, place) }),
);

const serviceForms: Readonly<Record<string, LongForm>> = {
  annotations: pairsForm,
  build: both(
    underKey('context'),
    within({ context: pathForm, args: pairsForm, labels: pairsForm, secrets: grantsForm }),
  ),
  configs: grantsForm,
  depends_on: dependencyForm,
  deploy: within({
    labels: pairsForm,
    resources: within({ reservations: within({ devices: deviceOptionsForm }) }),
  }),
  devices: each(deviceForm),
  dns: listForm,
  dns_search: listForm,
  env_file: both(listForm, each(both(underKey('path'), within({ path: pathForm })))),
  environment: pairsForm,
  extends: both(underKey('service'), within({ file: pathForm })),
  extra_hosts: hostsForm,
  gpus: both(gpusForm, deviceOptionsForm),
  label_file: both(listForm, each(pathForm)),
  labels: pairsForm,
  networks: namesForm(({ place }) => scalar(null, place)),
  ports: portsForm,
  secrets: grantsForm,
  sysctls: pairsForm,
  tmpfs: listForm,
  volumes: each(both(volumeForm, within({ volume: within({ labels: pairsForm }) }))),
};

/** A volume of the driver `local` may be a folder of the host. */
const volumeDeviceForm: LongForm = (tree, context) => {
  const options = valueOf(tree, 'driver_opts');
  const device = textOf(valueOf(options, 'device'));
  const isFolder = textOf(valueOf(tree, 'driver')) === 'local' && textOf(valueOf(options, 'o')) === 'bind';
  if (tree.kind !== 'mapping' || options?.kind !== 'mapping' || device === undefined || !isFolder) return tree;
  const path = scalar(absolutePath(device, context), options.place);
  return withValue(tree, 'driver_opts', withValue(options, 'device', path));
};

const labelled = both(externalForm, within({ labels: pairsForm }));

const fileForm = both(labelled, within({ file: pathForm }));

const declaredForms: Readonly<Record<string, LongForm>> = {
  networks: labelled,
  volumes: both(labelled, volumeDeviceForm),
  secrets: fileForm,
  configs: fileForm,
};

const includeForm = each(
  both(
    underKey('path'),
    within({
      path: both(listForm, each(pathForm)),
      project_directory: pathForm,
      env_file: both(listForm, each(pathForm)),
    }),
  ),
);

/** A file with all short forms written out and its paths absolute, so that files can be merged key by key. */
export function withLongForms(file: Mapping, context: FormContext): Mapping {
  return mapValues(file, (value, key) => {
    if (key === 'include') return includeForm(value, context);
    if (value.kind !== 'mapping') return value;
    if (key === 'services') return mapValues(value, (service) => serviceForm(service, context));
    const form = declaredForms[key];
    return form === undefined ? value : mapValues(value, (declared) => form(declared, context));
  });
}

const serviceForm: LongForm = (service, context) => {
  const long = within(serviceForms)(service, context);
  if (long.kind !== 'mapping') return long;
  return mapValues(long, (value, key) => {
    if (value.kind !== 'sequence') return value;
    return uniqueItems(`services.*.${key}`, value, (again, identity) => {
      const message = `“${key}” has two items for ${identity}: only the last one counts.`;
      context.problems.warning(again.place, 'conflict', message, 'Take one of them out.');
    });
  });
};
