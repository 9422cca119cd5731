import * as v from 'valibot';
import { lenient, lenientTable, lenientText } from './lenient.js';
import { type ProjectFiles } from './project-files.js';

const names = lenient(v.array(v.string()));

const pyproject = v.object({
  'build-system': lenient(v.object({ 'build-backend': lenientText, requires: names })),
  project: lenient(v.object({ name: lenientText, 'requires-python': lenientText, scripts: lenientTable })),
  tool: lenient(
    v.object({
      poetry: lenient(
        v.object({
          name: lenientText,
          'package-mode': lenient(v.boolean()),
          packages: lenient(v.array(v.looseObject({ include: v.string() }))),
          dependencies: lenientTable,
          scripts: lenientTable,
        }),
      ),
      uv: lenient(
        v.object({
          package: lenient(v.boolean()),
          workspace: lenient(v.object({ members: names, exclude: names })),
        }),
      ),
      pdm: lenient(
        v.object({
          distribution: lenient(v.boolean()),
          version: lenient(v.object({ source: lenientText })),
        }),
      ),
      pixi: lenient(v.object({ environments: lenientTable, tasks: lenientTable })),
      flit: lenientTable,
    }),
  ),
});

/** A pyproject.toml, as far as it says what a project is (https://packaging.python.org/specifications/pyproject-toml). */
type Pyproject = v.InferOutput<typeof pyproject>;

/** Undefined where it is not there or broken, which is reported. */
export function readPyproject(files: ProjectFiles, file: string): Pyproject | undefined {
  const result = v.safeParse(pyproject, files.document(file));
  return result.success ? result.output : undefined;
}
