import * as v from 'valibot';
import { parse as parseToml } from 'smol-toml';
import { dependency, type Dependency, elsewhere, parseRequirement, placeOf, wheelsIn } from './dependency.js';
import { lenient } from './lenient.js';

const poetryVersion = v.union([
  v.string(),
  v.looseObject({
    version: v.optional(v.string()),
    extras: v.optional(v.array(v.string())),
    git: v.optional(v.string()),
    path: v.optional(v.string()),
  }),
  v.array(v.unknown()),
]);
/** https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources */
const uvTables = v.looseObject({
  sources: lenient(
    v.record(
      v.string(),
      v.looseObject({
        index: v.optional(v.string()),
        git: v.optional(v.string()),
        path: v.optional(v.string()),
        workspace: v.optional(v.boolean()),
      }),
    ),
  ),
  index: lenient(v.array(v.looseObject({ name: v.optional(v.string()), url: v.string() }))),
});
const pyproject = v.object({
  project: v.optional(
    v.looseObject({
      dependencies: v.optional(v.array(v.string())),
      'optional-dependencies': v.optional(v.record(v.string(), v.array(v.string()))),
      dynamic: v.optional(v.array(v.string()), []),
    }),
  ),
  tool: v.optional(
    v.looseObject({
      poetry: v.optional(v.looseObject({ dependencies: v.optional(v.record(v.string(), poetryVersion)) })),
      uv: v.optional(uvTables),
    }),
  ),
});

/** What a `pyproject.toml` says that its project depends on, for pip, Poetry and uv. Throws an Error for a file that is none. */
export function parsePyproject(text: string): Dependency[] {
  const { project, tool } = v.parse(pyproject, parseToml(text));
  const all = [...(project?.dependencies ?? []), ...Object.values(project?.['optional-dependencies'] ?? {}).flat()];
  const ofPoetry = Object.entries(tool?.poetry?.dependencies ?? {}).map(([name, wanted]) => {
    if (typeof wanted === 'string') return dependency(name, pinnedIn(wanted), {});
    return Array.isArray(wanted)
      ? elsewhere(name)
      : dependency(name, pinnedIn(wanted.version ?? ''), {
          extras: wanted.extras ?? [],
          from: placeOf(wanted),
        });
  });
  const dynamic = project?.dynamic.includes('dependencies') === true ? [elsewhere('its dynamic dependencies')] : [];
  const known = all.map((each) => parseRequirement(each) ?? elsewhere(each));
  return [...withUvSources(known, tool?.uv), ...ofPoetry, ...dynamic];
}

/** With what uv takes from elsewhere than the usual index; a list of sources, which is by platform, says nothing here. */
function withUvSources(all: readonly Dependency[], uv: v.InferOutput<typeof uvTables> | undefined): Dependency[] {
  const sources = Object.entries(uv?.sources ?? {}).map(
    ([name, source]) => [dependency(name, undefined, {}).name, source] as const,
  );
  return all.map((each) => {
    const source = sources.find(([name]) => name === each.name)?.[1];
    if (source === undefined) return each;
    const url = uv?.index?.find(({ name }) => name !== undefined && name === source.index)?.url ?? '';
    const from = source.workspace === true ? 'folder' : (placeOf(source) ?? each.from);
    return { ...each, wheels: each.wheels ?? wheelsIn(url), ...(from === undefined ? {} : { from }) };
  });
}

/** `2.6.0` of Poetry's `2.6.0`; undefined of ranges. */
function pinnedIn(wanted: string): string | undefined {
  return /^(?:==)?\s*(\d[\w.+]*)$/.exec(wanted.trim())?.[1];
}
