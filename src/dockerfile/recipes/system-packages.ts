import { type Dependency } from '../../project/dependency.js';
import { aptPart } from './parts.js';

/** Debian's packages that a package of Python needs beside its wheel, starts as programs, or is built with. */
const needs: readonly [packages: readonly string[], debian: readonly string[]][] = [
  [
    ['opencv-python', 'opencv-contrib-python'],
    ['libgl1', 'libglib2.0-0'],
  ],
  [
    ['pyvista', 'vtk', 'mayavi'],
    ['libgl1', 'libxrender1', 'libxext6'],
  ],
  [['open3d'], ['libgl1', 'libgomp1', 'libx11-6']],
  [
    ['mujoco', 'dm-control'],
    ['libgl1', 'libegl1', 'libosmesa6'],
  ],
  [
    ['pyqt5', 'pyqt6', 'pyside6'],
    ['libegl1', 'libgl1', 'libglib2.0-0', 'libxkbcommon0', 'libdbus-1-3'],
  ],
  [['lightgbm'], ['libgomp1']],
  [['mpi4py'], ['build-essential', 'libopenmpi-dev', 'openmpi-bin']],
  [['psycopg2'], ['build-essential', 'libpq-dev']],
  [['mysqlclient'], ['build-essential', 'default-libmysqlclient-dev', 'pkg-config']],
  [['graphviz', 'pydot'], ['graphviz']],
  [['pygraphviz'], ['build-essential', 'graphviz', 'libgraphviz-dev', 'pkg-config']],
  [['pycairo'], ['build-essential', 'libcairo2-dev', 'pkg-config']],
  [['gdal'], ['build-essential', 'libgdal-dev']],
  [['pyaudio'], ['build-essential', 'portaudio19-dev']],
  [['pytesseract'], ['tesseract-ocr']],
  [['pdf2image'], ['poppler-utils']],
  [['box2d-py'], ['build-essential', 'swig']],
  [['pybullet'], ['build-essential']],
  [['weasyprint'], ['libpango-1.0-0', 'libpangoft2-1.0-0']],
  [['gitpython'], ['git']],
  [['ffmpeg-python', 'openai-whisper', 'pydub'], ['ffmpeg']],
  [['pyspark'], ['default-jre-headless']],
  [['python-magic'], ['libmagic1']],
  // They compile each model when it is run; without a compiler they are slower by orders of magnitude.
  [['pymc', 'pytensor'], ['g++']],
];

/** Sources that a package of Python is compiled from. */
const ofExtensions = /\.(?:pyx|pyf|c|cc|cpp|cxx|f|f90)$/;

/**
 * Installs what packages of Python need of Debian, and what compiles the project's own sources. Empty where that is nothing.
 *
 * @param files of the project, where it may be compiled
 */
export function systemPart(files: readonly string[], dependencies: readonly Dependency[], snapshot: string): string {
  const names = new Set(dependencies.map(({ name }) => name));
  const found = needs.flatMap(([packages, debian]) => {
    const asking = packages.filter((name) => names.has(name));
    return asking.length === 0
      ? []
      : [{ debian, because: `${asking.join(', ')}${asking.length === 1 ? ' needs' : ' need'}` }];
  });
  const cloned = dependencies.filter(({ from }) => from === 'git').map(({ name }) => name);
  if (cloned.length > 0) {
    const known = cloned.filter((name) => name !== 'git' && /^[\w.-]+$/.test(name));
    const what = known.length === 0 ? 'a package' : known.join(', ');
    found.push({ debian: ['git'], because: `To get ${what} from a repository it takes` });
  }
  const isBuilt = files.some((file) => /^(?:setup\.py|pyproject\.toml)$/.test(file));
  const extension = files.find((file) => (isBuilt ? ofExtensions : /\.(?:pyx|pyf)$/).test(file));
  if (extension !== undefined) {
    found.push({ debian: ['build-essential'], because: `To compile ${JSON.stringify(extension)} it takes` });
  }
  if (found.length === 0) return '';
  const reasons = found.map(({ debian, because }) => `# ${because} ${debian.join(', ')}.`);
  return [
    ...reasons,
    aptPart(
      found.flatMap(({ debian }) => debian),
      'debian',
      snapshot,
    ),
  ].join('\n');
}
