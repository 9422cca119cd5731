import assert from 'node:assert/strict';
import { juliaImage, juliaProcessors, juliaRecipe } from '../../../../src/dockerfile/recipes/julia-recipe.js';
import { rSystemPackages } from '../../../../src/dockerfile/recipes/r-system-packages.js';
import { renderingCommand } from '../../../../src/dockerfile/recipes/rendered-document.js';
import { rRecipe } from '../../../../src/dockerfile/recipes/r-recipe.js';
import { renvRecipe } from '../../../../src/dockerfile/recipes/renv-recipe.js';
import { type DependencySource } from '../../../../src/project/project.js';
import { sampleAnswers, sampleDependencies, sampleProject, sampleVersion } from './sample-project.js';

function renv(...packages: readonly string[]): DependencySource {
  return {
    kind: 'renv',
    files: ['renv.lock'],
    lock: 'renv.lock',
    support: [],
    dependencies: sampleDependencies(...packages),
  };
}

const julia: DependencySource = {
  kind: 'julia',
  files: ['Project.toml'],
  manifest: 'Project.toml',
  lock: undefined,
  dependencies: [],
};

describe('recipe for R with renv', () => {
  it('says how many packages are pinned', () => {
    const because = (...packages: string[]): string | undefined =>
      renvRecipe.fit(sampleProject({ dependencies: [renv(...packages)] }))?.because;
    assert.equal(because('sf==1.0'), 'renv.lock pins 1 package');
    assert.equal(because('sf==1.0', 'curl==5.2'), 'renv.lock pins 2 packages');
  });

  it('takes the R of the lock file, also one that nobody knows yet', () => {
    for (const version of ['4.3.2', '4.0.0', '4.9.1']) {
      const project = sampleProject({
        dependencies: [renv()],
        versions: [sampleVersion('r', version, 'renv.lock')],
      });
      const [first, ...rest] = renvRecipe.versions(project);
      assert.deepEqual(first, { value: version, label: `R ${version}`, because: 'renv.lock names it' });
      assert.ok(rest.every(({ value }) => value !== version));
    }
  });

  it('proposes another R where there is no image of the one that is named', () => {
    for (const version of ['3.6.3', '4.3', 'devel']) {
      const versions = [{ ...sampleVersion('r', version, 'renv.lock'), exact: version }];
      const project = sampleProject({ dependencies: [renv()], versions });
      assert.match(renvRecipe.versions(project)[0]?.value ?? '', /^4\.\d\.\d$/);
    }
  });

  it('does not ask the newest series first, whose CRAN still changes', () => {
    const values = renvRecipe.versions(sampleProject({ dependencies: [renv()] })).map(({ value }) => value);
    assert.notEqual(values[0], [...values].sort().at(-1));
  });

  it('leaves out what renv keeps on this machine, and not what it needs', () => {
    const { ignored } = renvRecipe.write(sampleProject({ dependencies: [renv()] }), sampleAnswers());
    for (const folder of ['renv/library', 'renv/python', 'renv/sandbox']) assert.ok(ignored.includes(folder), folder);
    assert.ok(!ignored.some((pattern) => ['renv', 'renv/cellar', 'renv/activate.R'].includes(pattern)));
  });

  it('finds a lock file in a folder of its own', () => {
    const source: DependencySource = {
      kind: 'renv',
      files: ['code/renv.lock'],
      lock: 'code/renv.lock',
      support: [],
      dependencies: [],
    };
    const { dockerfile } = renvRecipe.write(sampleProject({ dependencies: [source] }), sampleAnswers());
    assert.match(dockerfile, /^COPY code\/renv\.lock \.\/code\/$/m);
    assert.match(dockerfile, /restore\(lockfile = "code\/renv\.lock"/);
  });
});

describe('system packages of R packages', () => {
  it('are those of each, once and sorted', () => {
    assert.deepEqual(rSystemPackages(sampleDependencies('sf', 'units', 'curl', 'ggplot2')), [
      'libcurl4-openssl-dev',
      'libgdal-dev',
      'libgeos-dev',
      'libproj-dev',
      'libssl-dev',
      'libudunits2-dev',
    ]);
  });

  it('are also those of the packages that a collection brings along', () => {
    const packages = rSystemPackages(sampleDependencies('tidyverse', 'devtools'));
    for (const name of ['git', 'libgit2-dev', 'libharfbuzz-dev', 'libssl-dev', 'libxml2-dev', 'pandoc']) {
      assert.ok(packages.includes(name), name);
    }
  });

  it('do not depend on upper and lower case', () => {
    const [dependency] = sampleDependencies('xml');
    assert.ok(dependency !== undefined);
    assert.deepEqual(rSystemPackages([{ ...dependency, name: 'XML' }]), ['libxml2-dev']);
  });

  it('are none for names that objects have by themselves', () => {
    assert.deepEqual(rSystemPackages(sampleDependencies('constructor', 'toString', '__proto__')), []);
  });
});

describe('recipe for R without a lock file', () => {
  it('is possible for scripts alone, without installing anything', () => {
    const project = sampleProject({ files: ['figures/plot.R'] });
    assert.deepEqual(rRecipe.fit(project), { degree: 'possible', because: 'figures/plot.R is written in R' });
    const { dockerfile, hints } = rRecipe.write(project, sampleAnswers({ version: '4.4.3' }));
    assert.doesNotMatch(dockerfile, /install\.packages|apt-get/);
    assert.match(hints[0]?.message ?? '', /^Nothing says which R packages the code needs: the image has R alone\./);
  });

  it('installs what the code loads, from Bioconductor, too, where something is from there', () => {
    const loading = (...names: string[]): string => {
      const loadedPackages = names.map((name) => ({ name, file: 'a.R' }));
      const project = sampleProject({ files: ['a.R'], loadedPackages });
      assert.match(rRecipe.fit(project)?.because ?? '', /^its code loads /);
      return rRecipe.write(project, sampleAnswers()).dockerfile;
    };
    assert.match(
      loading('dplyr'),
      /^RUN Rscript -e 'options\(warn = 2\)' \\\n {4}-e 'install\.packages\(c\("dplyr"\)\)'$/m,
    );
    const mixed = loading('DESeq2', 'dplyr', 'org.Hs.eg.db');
    assert.match(mixed, / -e 'install\.packages\("BiocManager"\)' \\$/m);
    assert.match(
      mixed,
      / -e 'BiocManager::install\(c\("DESeq2", "dplyr", "org\.Hs\.eg\.db"\), ask = FALSE, update = FALSE\)'$/m,
    );
    const many = loading(...Array.from({ length: 40 }, (_, index) => `package${index}`));
    assert.ok(many.split('\n').every((line) => line.length <= 120));
    assert.match(loading('sf'), /libgdal-dev/);
  });

  it('renders a document of R Markdown into the folder for results', () => {
    const entry = {
      kind: 'script' as const,
      command: ['Rscript', '-e', 'rmarkdown::render("a b.Rmd")'],
      file: 'a b.Rmd',
      port: undefined,
      because: 'it is a document of R Markdown',
    };
    assert.deepEqual(renderingCommand(sampleProject({ entries: [entry] }), 'out')?.command, [
      ...['Rscript', '-e', 'rmarkdown::render("a b.Rmd", output_dir = "out", intermediates_dir = tempdir())'],
    ]);
    const project = sampleProject({ files: ['a b.Rmd'], entries: [entry] });
    const { dockerfile } = rRecipe.write(project, sampleAnswers({ command: entry.command, output: 'out' }));
    assert.match(dockerfile, /^CMD \[.*output_dir = \\"out\\", intermediates_dir = tempdir\(\)\)"\]$/m);
    const own = { ...entry, command: ['Rscript', '-e', 'rmarkdown::render("a b.Rmd", "pdf_document")'] };
    assert.equal(renderingCommand(sampleProject({ entries: [own] }), 'out'), undefined);
  });

  it('fits no project without R', () => {
    assert.equal(rRecipe.fit(sampleProject({ files: ['main.py', 'R/readme.md', 'b.Rproj'] })), undefined);
  });

  it('has scripts whose names have spaces and quotes', () => {
    const script = `it's "here"/install.R`;
    const source: DependencySource = { kind: 'r', files: [script], manifest: script, dependencies: [] };
    const { dockerfile } = rRecipe.write(sampleProject({ dependencies: [source] }), sampleAnswers());
    assert.ok(
      dockerfile.includes(String.raw`COPY ["it\\'s \\\"here\\\"/install.R", "./it\\'s \\\"here\\\"/"]`),
      dockerfile,
    );
    assert.ok(dockerfile.includes(String.raw`RUN Rscript 'it'\''s "here"/install.R'`));
  });

  it('hints at a lock file', () => {
    const { hints } = rRecipe.write(sampleProject({ files: ['a.R'] }), sampleAnswers());
    assert.match(hints[0]?.command ?? '', /renv::init\(\)/);
  });
});

describe('recipe for Julia', () => {
  it('takes images on the Debian of their time', () => {
    assert.equal(juliaImage('1.10.10'), 'julia:1.10.10-bookworm');
    assert.equal(juliaImage('1.9.2'), 'julia:1.9.2-bookworm');
    assert.equal(juliaImage('1.9.1'), 'julia:1.9.1-bullseye');
    assert.equal(juliaImage('1.6.7'), 'julia:1.6.7-bullseye');
  });

  it('takes the Julia of the manifest, and what Project.toml allows', () => {
    const versions = (wanted: string, file: string): string | undefined =>
      juliaRecipe.versions(
        sampleProject({ dependencies: [julia], versions: [sampleVersion('julia', wanted, file)] }),
      )[0]?.value;
    assert.equal(versions('1.11.3', 'Manifest.toml'), '1.11.3');
    assert.equal(versions('1.11', 'Project.toml'), '1.11.9');
    assert.equal(versions('1.0.5', 'Manifest.toml'), '1.10.12');
  });

  it('compiles for all processors of a platform, and for any where there are several', () => {
    assert.match(juliaProcessors(['linux/amd64']), /^generic;.*haswell/);
    assert.equal(juliaProcessors(['linux/arm64']), 'generic');
    assert.equal(juliaProcessors(['linux/amd64', 'linux/arm64']), 'generic');
  });

  it('hints at a manifest where there is none', () => {
    const hints = (lock: string | undefined): number =>
      juliaRecipe.write(sampleProject({ dependencies: [{ ...julia, lock }] }), sampleAnswers()).hints.length;
    assert.equal(hints(undefined), 1);
    assert.equal(hints('Manifest.toml'), 0);
  });

  it('installs packages that are folders of the project when their files are there', () => {
    const [waves] = sampleDependencies('Waves');
    assert.ok(waves !== undefined);
    const source: DependencySource = { ...julia, dependencies: [{ ...waves, from: 'folder' }] };
    const { dockerfile } = juliaRecipe.write(sampleProject({ dependencies: [source] }), sampleAnswers());
    const [before = '', after = ''] = dockerfile.split('COPY --chown=researcher:researcher . .');
    assert.match(before, /^ENV JULIA_DEPOT_PATH/m);
    assert.doesNotMatch(before, /instantiate|COPY Project/);
    assert.match(after, /^RUN julia --project=\. -e 'using Pkg; Pkg\.instantiate\(\); Pkg\.precompile\(\)'$/m);
  });

  it('finds a project in a folder of its own', () => {
    const source: DependencySource = {
      kind: 'julia',
      files: ['env/Manifest-v1.11.toml', 'env/Project.toml'],
      manifest: 'env/Project.toml',
      lock: 'env/Manifest-v1.11.toml',
      dependencies: [],
    };
    const { dockerfile } = juliaRecipe.write(sampleProject({ dependencies: [source] }), sampleAnswers());
    assert.match(dockerfile, /^COPY env\/Project\.toml env\/Manifest-v1\.11\.toml \.\/env\/$/m);
    assert.match(dockerfile, /julia --project=env -e/);
  });
});
