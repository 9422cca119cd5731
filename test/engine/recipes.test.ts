import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BuildRequest } from '../../src/build/request.js';
import { defaultAnswers, generateFiles, suggestRecipes } from '../../src/dockerfile/create-dockerfile.js';
import { copyInPlace } from '../../src/dockerfile/recipes/copy-line.js';
import { type RecipeAnswers } from '../../src/dockerfile/recipes/recipe.js';
import { recipes } from '../../src/dockerfile/recipes/recipes.js';
import { inspectImage } from '../../src/engine/images.js';
import { Failure } from '../../src/host/failure.js';
import { detectProject } from '../../src/project/detect-project.js';
import { listProject } from '../../src/project/listing.js';
import { runImage } from '../../src/run/run-image.js';
import { ensureBaseImage } from '../harness/engines/base-images.js';
import { type PackageProxy, startPackageProxy } from '../harness/engines/package-proxy.js';
import { findRunning, isEngineName } from '../harness/engines/state.js';
import { buildBench, busybox, connect, dropImage, engineHost, engineName, runPlace, work } from './support.js';
import { pureWheel } from './wheels.js';

const today = '20261126';
const golden = 'test/fixtures/dockerfiles';

// What is built is the same whatever the engine: one is enough.
if (engineName === '28') {
  describe(`Dockerfiles that recipes write, on engine ${engineName}`, function () {
    this.timeout(300_000);
    const connection = connect();
    const { make, buildImage, tag } = buildBench(connection);
    const forever = new AbortController().signal;
    const stand: string[] = [];
    /** Recipes of which an image was built and run. */
    const built = new Set<string>();
    let packages: PackageProxy;

    before(async function () {
      const running = isEngineName(engineName) ? await findRunning(engineName) : undefined;
      if (running === undefined) return this.skip();
      // This machine has the first address of the network that the engine has the second of.
      packages = await startPackageProxy(running.address.replace(/\.2$/, '.1'), [
        await pureWheel('tinystat', '1.2.0', 'def mean(values):\n    return sum(values) / len(values)\n'),
      ]);
    });
    after(async () => {
      for (const reference of stand) await dropImage(reference);
      await packages.dispose();
    });

    /** From the folder to the image, as somebody does who answers nothing. */
    const create = async (
      files: Record<string, string>,
      name: string,
      given: Partial<RecipeAnswers> = {},
    ): Promise<{ recipe: string; folder: string; image: string }> => {
      const { folder, dockerfile } = await make(files);
      const project = await detectProject(await listProject(folder));
      const [best] = suggestRecipes(project);
      assert.ok(best !== undefined, 'no recipe fits');
      const answers = defaultAnswers(project, best.recipe, given, today);
      const generated = await generateFiles(project, best.recipe, answers, () => Promise.resolve(undefined), forever);
      await writeFile(dockerfile, generated.dockerfile);
      await writeFile(join(folder, '.dockerignore'), generated.dockerignore);
      const request: BuildRequest = {
        dockerfile,
        tag: tag(name),
        buildArgs: { http_proxy: packages.proxy },
        noCache: true,
      };
      const building = work();
      await buildImage(request, building).catch((error: unknown) => {
        throw new Error(building.output().slice(-30).join('\n'), { cause: error });
      });
      built.add(best.recipe.id);
      return { recipe: best.recipe.id, folder, image: name };
    };
    const run = async (image: string, folder: string): Promise<Record<string, string>> => {
      const output = join(folder, 'here');
      const running = work();
      const { exitCode, outputs } = await runImage(
        connection,
        { image, output, keep: false },
        runPlace(folder),
        running,
      );
      assert.equal(exitCode, 0, running.output().join('\n'));
      const read = outputs.map(async (file) => [file.slice(output.length + 1), await readFile(file, 'utf8')] as const);
      return Object.fromEntries(await Promise.all(read));
    };
    /** An image that is `base` with pip's index, under the name that a Dockerfile asks for. */
    const withIndex = async (base: string, name: string): Promise<void> => {
      await ensureBaseImage(engineHost, base, { log: () => undefined });
      const host = new URL(packages.index).hostname;
      const { dockerfile } = await make({
        Dockerfile: `FROM ${base}\nRUN printf '[global]\\nindex-url=${packages.index}\\ntrusted-host=${host}\\n' > /etc/pip.conf\n`,
      });
      await buildImage({ dockerfile, tag: name }, work());
      stand.push(name);
    };

    it('pip, with checksums, from an index', async () => {
      await withIndex('python:3.11-slim-bookworm', 'python:3.11.9-slim-bookworm');
      const wheel = await pureWheel('tinystat', '1.2.0', 'def mean(values):\n    return sum(values) / len(values)\n');
      const { recipe, folder, image } = await create(
        {
          'requirements.txt': `tinystat==1.2.0 --hash=sha256:${wheel.sha256}\n`,
          '.python-version': '3.11.9\n',
          'my run.py':
            'import pathlib\nfrom tinystat import mean\nout = pathlib.Path("results")\nout.mkdir(exist_ok=True)\n' +
            '(out / "mean.txt").write_text(f"{mean([1, 2, 6])}\\n")\nif __name__ == "__main__":\n    pass\n',
          'data/raw.csv': '1,2\n',
        },
        'test-recipes:pip',
      );
      assert.equal(recipe, 'pip');
      assert.ok(packages.asked.some((url) => url.startsWith('/simple/tinystat/')));
      assert.deepEqual(await run(image, folder), { 'mean.txt': '3.0\n' });
      const { user, labels, environment } = await inspectImage(connection, image);
      assert.equal(user, 'researcher');
      assert.equal(labels['org.research-containers.output'], '/project/results');
      assert.deepEqual(JSON.parse(labels['org.research-containers.command'] ?? ''), ['python', 'my run.py']);
      assert.ok(!environment.some((pair) => pair.startsWith('SOURCE_DATE_EPOCH')));
    });

    it('plain Python, without a file of dependencies', async () => {
      await ensureBaseImage(engineHost, 'python:3.11-slim-bookworm', { log: () => undefined });
      const { recipe, folder, image } = await create(
        {
          'simulate.py':
            'import json, os\nos.makedirs("figures", exist_ok=True)\nwith open("figures/data.json", "w") as file:\n' +
            '    json.dump({"user": os.getuid() != 0}, file)\n',
        },
        'test-recipes:plain',
        { version: '3.11' },
      );
      assert.equal(recipe, 'plain-python');
      assert.deepEqual(await run(image, folder), { 'data.json': '{"user": true}' });
    });

    it('C++ with CMake, compiled with packages of a day of Debian’s archive', async () => {
      await ensureBaseImage(engineHost, 'debian:bookworm-slim', { log: () => undefined });
      const { recipe, folder, image } = await create(
        {
          'CMakeLists.txt':
            'cmake_minimum_required(VERSION 3.20)\nproject(pi CXX)\nfind_package(Threads REQUIRED)\n' +
            'add_executable(estimate-pi main.cpp)\ntarget_link_libraries(estimate-pi Threads::Threads)\n',
          'main.cpp':
            '#include <filesystem>\n#include <fstream>\n#include <thread>\nint main() {\n' +
            '  std::filesystem::create_directories("results");\n  std::ofstream out("results/pi.txt");\n' +
            '  std::thread work([&] { out << 3.14 << "\\n"; });\n  work.join();\n  return 0;\n}\n',
        },
        'test-recipes:cmake',
      );
      assert.equal(recipe, 'cmake');
      assert.ok(
        packages.asked.some((url) => url.startsWith(`http://snapshot.debian.org/archive/debian/${today}T000000Z/`)),
      );
      assert.deepEqual(await run(image, folder), { 'pi.txt': '3.14\n' });
    });

    it('R, a script that needs no packages', async () => {
      await ensureBaseImage(engineHost, 'rocker/r-ver:4.2.3', { log: () => undefined });
      const { recipe, folder, image } = await create(
        {
          'analysis.R':
            'dir.create("results", showWarnings = FALSE)\nwrite.csv(data.frame(x = 1:2), "results/table.csv", row.names = FALSE)\n',
        },
        'test-recipes:r',
        { version: '4.2.3' },
      );
      assert.equal(recipe, 'r');
      assert.deepEqual(await run(image, folder), { 'table.csv': '"x"\n1\n2\n' });
    });

    it('copies files and runs commands of any name', async () => {
      const names = [`it's.txt`, 'a "b" c.txt', 'data [1].txt', 'cost $HOME.txt', 'ümläut 数.txt'];
      const lines = copyInPlace(names.map((name) => `odd 'folder'/${name}`));
      const { dockerfile } = await make({
        ...Object.fromEntries(names.map((name) => [`odd 'folder'/${name}`, name])),
        Dockerfile: `FROM ${busybox}\nWORKDIR /project\n${lines}\nCMD ["ls"]\n`,
      });
      const image = tag('test-recipes:odd');
      await buildImage({ dockerfile, tag: image }, work());
      const running = work();
      await runImage(
        connection,
        { image, command: ['sh', '-c', `cd "odd 'folder'" && cat *`], keep: false },
        runPlace(dirname(dockerfile)),
        running,
      );
      assert.equal(running.output().join(''), [...names].sort().join(''));
    });

    it('are understood by BuildKit, also those whose packages cannot be had here', async () => {
      const missing = recipes.map(({ id }) => id).filter((id) => !built.has(id));
      process.stderr.write(`      Not built here, where their packages cannot be had: ${missing.join(', ')}.\n`);
      const files = (await readdir(golden)).filter((file) => file.endsWith('.Dockerfile'));
      assert.ok(files.length > 20);
      for (const file of files) {
        const text = await readFile(join(golden, file), 'utf8');
        // BuildKit reads and checks all of a file before it asks for the first image, which is not there.
        const { dockerfile } = await make({
          Dockerfile: text.replaceAll(/^FROM \S+/gm, 'FROM not-there.invalid/base:1'),
        });
        const error: unknown = await buildImage({ dockerfile, tag: tag('test-recipes:none') }, work()).catch(
          (failure: unknown) => failure,
        );
        assert.ok(error instanceof Failure, file);
        assert.notEqual(error.reason, 'dockerfile-syntax', `${file}: ${error.message}`);
        assert.match(error.reason, /^(?:base-image-not-found|registry-unreachable)$/, `${file}: ${error.message}`);
      }
      assert.ok(await inspectImage(connection, busybox));
    });
  });
}
