import { type Fields } from './fields.js';

/** What stands at the left of a compose file and describes something by names. */
export const sections = ['services', 'networks', 'volumes', 'secrets', 'configs'] as const;

/** Tells of what else stands at the left of a file whose sections were asked for. */
export function finishFile(fields: Fields): void {
  fields.text('name');
  if (fields.nullable('version') !== undefined) {
    const message = '“version” has no meaning any more: the specification has one version.';
    fields.problems.warning(fields.placeOf('version'), 'no-effect', message, 'Take it out.');
  }
  fields.finish({ models: { severity: 'error', message: 'Language models are not supported.' } });
}
