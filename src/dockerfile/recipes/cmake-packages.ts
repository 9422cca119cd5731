/** The systems whose packages differ in name: Debian 12, Ubuntu 22.04 and Ubuntu 24.04. */
export type System = 'bookworm' | 'jammy' | 'noble';

interface SystemPackages {
  /** To compile with. */
  build: readonly string[];
  /** To run with: one list for all systems, or one for each. Undefined: those to compile with, which bring them along. */
  run: readonly string[] | Readonly<Record<System, readonly string[]>> | undefined;
}

const headersOnly: readonly string[] = [];

/** Of each release of Boost the libraries that are linked most; all others are headers. */
function boost(version: string): string[] {
  const libraries = ['filesystem', 'iostreams', 'program-options', 'regex', 'serialization', 'system', 'thread'];
  return libraries.map((library) => `libboost-${library}${version}`);
}

/** What `find_package` looks for, in lower case, as the systems' packages are called (https://packages.debian.org). */
const rows: Readonly<Record<string, SystemPackages>> = {
  armadillo: {
    build: ['libarmadillo-dev'],
    run: { bookworm: ['libarmadillo11'], jammy: ['libarmadillo10'], noble: ['libarmadillo12'] },
  },
  blas: { build: ['libopenblas-dev'], run: ['libopenblas0'] },
  boost: {
    build: ['libboost-all-dev'],
    run: { bookworm: boost('1.74.0'), jammy: boost('1.74.0'), noble: boost('1.83.0') },
  },
  catch2: { build: ['catch2'], run: headersOnly },
  ceres: { build: ['libceres-dev'], run: undefined },
  cgal: { build: ['libcgal-dev'], run: ['libgmp10', 'libmpfr6'] },
  cli11: { build: ['libcli11-dev'], run: headersOnly },
  curl: {
    build: ['libcurl4-openssl-dev'],
    run: { bookworm: ['libcurl4'], jammy: ['libcurl4'], noble: ['libcurl4t64'] },
  },
  cxxopts: { build: ['libcxxopts-dev'], run: headersOnly },
  doxygen: { build: ['doxygen'], run: headersOnly },
  eigen3: { build: ['libeigen3-dev'], run: headersOnly },
  fftw: { build: ['libfftw3-dev'], run: ['libfftw3-double3', 'libfftw3-single3'] },
  fftw3: { build: ['libfftw3-dev'], run: ['libfftw3-double3', 'libfftw3-single3'] },
  fmt: { build: ['libfmt-dev'], run: { bookworm: ['libfmt9'], jammy: ['libfmt8'], noble: ['libfmt9'] } },
  git: { build: ['git'], run: headersOnly },
  gmp: { build: ['libgmp-dev'], run: ['libgmp10', 'libgmpxx4ldbl'] },
  gsl: { build: ['libgsl-dev'], run: { bookworm: ['libgsl27'], jammy: ['libgsl27'], noble: ['libgsl27t64'] } },
  gtest: { build: ['libgtest-dev'], run: headersOnly },
  hdf5: {
    build: ['libhdf5-dev'],
    run: {
      bookworm: ['libhdf5-103-1', 'libhdf5-cpp-103-1', 'libhdf5-hl-100'],
      jammy: ['libhdf5-103-1', 'libhdf5-cpp-103-1', 'libhdf5-hl-100'],
      noble: ['libhdf5-103-1t64', 'libhdf5-cpp-103-1t64', 'libhdf5-hl-100t64'],
    },
  },
  jpeg: {
    build: ['libjpeg-dev'],
    run: { bookworm: ['libjpeg62-turbo'], jammy: ['libjpeg-turbo8'], noble: ['libjpeg-turbo8'] },
  },
  lapack: { build: ['liblapack-dev', 'libopenblas-dev'], run: ['liblapack3', 'libopenblas0'] },
  lapacke: { build: ['liblapacke-dev'], run: ['liblapacke'] },
  libxml2: { build: ['libxml2-dev'], run: ['libxml2'] },
  mpfr: { build: ['libmpfr-dev'], run: ['libmpfr6'] },
  mpi: { build: ['libopenmpi-dev', 'openmpi-bin'], run: ['openmpi-bin'] },
  netcdf: {
    build: ['libnetcdf-dev'],
    run: { bookworm: ['libnetcdf19'], jammy: ['libnetcdf19'], noble: ['libnetcdf19t64'] },
  },
  nlohmann_json: { build: ['nlohmann-json3-dev'], run: headersOnly },
  openblas: { build: ['libopenblas-dev'], run: ['libopenblas0'] },
  opencv: { build: ['libopencv-dev'], run: undefined },
  openmp: { build: [], run: ['libgomp1'] },
  openssl: { build: ['libssl-dev'], run: { bookworm: ['libssl3'], jammy: ['libssl3'], noble: ['libssl3t64'] } },
  petsc: { build: ['petsc-dev'], run: undefined },
  pkgconfig: { build: ['pkg-config'], run: headersOnly },
  png: {
    build: ['libpng-dev'],
    run: { bookworm: ['libpng16-16'], jammy: ['libpng16-16'], noble: ['libpng16-16t64'] },
  },
  protobuf: { build: ['libprotobuf-dev', 'protobuf-compiler'], run: undefined },
  pybind11: { build: ['pybind11-dev', 'python3-dev'], run: ['python3'] },
  python: { build: ['python3-dev'], run: ['python3'] },
  python3: { build: ['python3-dev'], run: ['python3'] },
  spdlog: { build: ['libspdlog-dev'], run: undefined },
  sqlite3: { build: ['libsqlite3-dev'], run: ['libsqlite3-0'] },
  suitesparse: { build: ['libsuitesparse-dev'], run: undefined },
  tbb: { build: ['libtbb-dev'], run: ['libtbb12'] },
  threads: { build: [], run: headersOnly },
  tiff: { build: ['libtiff-dev'], run: { bookworm: ['libtiff6'], jammy: ['libtiff5'], noble: ['libtiff6'] } },
  vtk: { build: ['libvtk9-dev'], run: undefined },
  'yaml-cpp': {
    build: ['libyaml-cpp-dev'],
    run: { bookworm: ['libyaml-cpp0.7'], jammy: ['libyaml-cpp0.7'], noble: ['libyaml-cpp0.8'] },
  },
  zlib: { build: ['zlib1g-dev'], run: ['zlib1g'] },
};

const table: ReadonlyMap<string, SystemPackages> = new Map(Object.entries(rows));

/** What the images of CUDA have already. */
const ofCuda: readonly string[] = ['cuda', 'cudatoolkit', 'cudnn', 'nccl'];

/** The packages of a system for what `find_package` looks for; `unknown` are the names that the table does not have. */
export function cmakePackages(
  names: readonly string[],
  system: System,
): { build: string[]; run: string[]; unknown: string[] } {
  const wanted = names.filter((name) => !ofCuda.includes(name.toLowerCase()));
  const found = wanted.flatMap((name) => table.get(name.toLowerCase()) ?? []);
  const run = found.flatMap(({ build, run: libraries = build }) =>
    'bookworm' in libraries ? libraries[system] : libraries,
  );
  return {
    build: [...new Set(found.flatMap(({ build }) => build))],
    run: [...new Set(run)],
    unknown: wanted.filter((name) => !table.has(name.toLowerCase())),
  };
}
