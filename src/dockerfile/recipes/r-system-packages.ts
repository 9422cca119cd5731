import { type Dependency } from '../../project/dependency.js';
import { isOfBioconductor } from './bioconductor.js';

const curl = ['libcurl4-openssl-dev', 'libssl-dev'];
/** Of ragg, systemfonts and textshaping. */
const text = [
  ...['libfontconfig1-dev', 'libfreetype6-dev', 'libfribidi-dev', 'libharfbuzz-dev'],
  ...['libjpeg-dev', 'libpng-dev', 'libtiff-dev'],
];

/**
 * What R packages are compiled against, and load, by their names: the “SystemRequirements” of CRAN as Debian and Ubuntu call
 * them (https://github.com/rstudio/r-system-requirements). Upper and lower case, `.` and `-` count alike. Of collections of
 * packages also what these need: `DESCRIPTION` names them alone.
 */
const rows: Readonly<Record<string, readonly string[]>> = {
  arrow: ['libcurl4-openssl-dev', 'libssl-dev'],
  cairo: ['libcairo2-dev', 'libxt-dev'],
  clustermq: ['libzmq3-dev'],
  curl,
  devtools: ['git', 'libgit2-dev', ...curl, ...text, 'libxml2-dev', 'pandoc'],
  fftw: ['libfftw3-dev'],
  fftwtools: ['libfftw3-dev'],
  gdtools: ['libcairo2-dev', 'libfontconfig1-dev', 'libfreetype6-dev'],
  gert: ['libgit2-dev'],
  git2r: ['libgit2-dev'],
  glpkapi: ['libglpk-dev'],
  gmp: ['libgmp-dev'],
  gsl: ['libgsl-dev'],
  hdf5r: ['libhdf5-dev'],
  igraph: ['libglpk-dev', 'libgmp-dev', 'libxml2-dev'],
  jpeg: ['libjpeg-dev'],
  lwgeom: ['libgeos-dev', 'libproj-dev'],
  magick: ['libmagick++-dev'],
  mongolite: ['libsasl2-dev', 'libssl-dev'],
  ncdf4: ['libnetcdf-dev'],
  nloptr: ['cmake'],
  odbc: ['unixodbc-dev'],
  openssl: ['libssl-dev'],
  pdftools: ['libpoppler-cpp-dev'],
  png: ['libpng-dev'],
  protolite: ['libprotobuf-dev', 'protobuf-compiler'],
  ragg: ['libfreetype6-dev', 'libjpeg-dev', 'libpng-dev', 'libtiff-dev'],
  redland: ['librdf0-dev'],
  rgdal: ['libgdal-dev', 'libproj-dev'],
  rgeos: ['libgeos-dev'],
  rgl: ['libgl1-mesa-dev', 'libglu1-mesa-dev'],
  rjags: ['jags'],
  rjava: ['default-jdk-headless'],
  rmariadb: ['libmariadb-dev'],
  rmarkdown: ['pandoc'],
  rmpfr: ['libgmp-dev', 'libmpfr-dev'],
  rmpi: ['libopenmpi-dev', 'openmpi-bin'],
  rpostgres: ['libpq-dev'],
  rpostgresql: ['libpq-dev'],
  rsvg: ['librsvg2-dev'],
  rzmq: ['libzmq3-dev'],
  s2: ['cmake', 'libssl-dev'],
  sf: ['libgdal-dev', 'libgeos-dev', 'libproj-dev', 'libudunits2-dev'],
  sodium: ['libsodium-dev'],
  stringi: ['libicu-dev'],
  svglite: ['libpng-dev'],
  systemfonts: ['libfontconfig1-dev', 'libfreetype6-dev'],
  terra: ['libgdal-dev', 'libgeos-dev', 'libproj-dev'],
  textshaping: ['libfreetype6-dev', 'libfribidi-dev', 'libharfbuzz-dev'],
  tidyverse: [...curl, ...text, 'libxml2-dev', 'pandoc'],
  tiff: ['libtiff-dev'],
  topicmodels: ['libgsl-dev'],
  units: ['libudunits2-dev'],
  v8: ['libnode-dev'],
  xml: ['libxml2-dev'],
  xml2: ['libxml2-dev'],
  xslt: ['libxslt1-dev'],
};

/** Of Rhtslib, XVector, rtracklayer and others that most packages of Bioconductor are built on; it has no binary packages. */
const forBioconductor = [...curl, 'libbz2-dev', 'liblzma-dev', 'libpng-dev', 'libxml2-dev', 'zlib1g-dev'];

const systemPackages: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(rows));

/** What packages of the system the R packages need that are installed, sorted. */
export function rSystemPackages(dependencies: readonly Pick<Dependency, 'name'>[]): string[] {
  const needed = dependencies.flatMap(({ name }) => [
    ...(systemPackages.get(name.toLowerCase().replaceAll(/[._]/g, '-')) ?? []),
    ...(isOfBioconductor(name) ? forBioconductor : []),
  ]);
  return [...new Set(needed)].sort();
}
