import assert from 'node:assert/strict';
import { loadedPackages } from '../../../../src/project/code/loaded-packages.js';
import { codeOfDocument } from '../../../../src/project/code/r-markdown.js';
import { tokenize } from '../../../../src/project/code/tokens.js';

const loaded = (code: string): string[] => loadedPackages(tokenize(code, 'r'));

describe('the packages that a program of R loads', () => {
  const cases: [code: string, expected: string[]][] = [
    ['library(dplyr)\nlibrary("ggplot2")\nrequire(data.table)', ['dplyr', 'ggplot2', 'data.table']],
    ['suppressPackageStartupMessages(library(DESeq2))', ['DESeq2']],
    ['library(package = lme4, quietly = TRUE)', ['lme4']],
    ['if (!requireNamespace("readr", quietly = TRUE)) install.packages("readr")', ['readr']],
    ['x <- readxl::read_excel("a.xlsx"); y <- data.table:::as.data.table(x)', ['readxl', 'data.table']],
    ['pacman::p_load(dplyr, "tidyr", install = FALSE)', ['pacman', 'dplyr', 'tidyr']],
    ['install.packages(c("brms", "rstan"), repos = "https://cran.r-project.org")', ['brms', 'rstan']],
    ['BiocManager::install(c("limma", "edgeR"), version = "3.18")', ['BiocManager', 'limma', 'edgeR']],
    ['packages <- c("dplyr", "sf")\ninvisible(lapply(packages, library, character.only = TRUE))', ['dplyr', 'sf']],
    ['list.of.packages = c("mgcv", "gam")\nfor (p in list.of.packages) library(p, character.only = TRUE)', ['gam']],
    ['library(MASS); library(parallel); stats::sd(1)', []],
    ['# library(dplyr)\nprint("library(dplyr)")', []],
    ['library(help = "stats")\nlibrary()', []],
    ['library(paste0("a", "b"), character.only = TRUE)', []],
    ['packages <- c("red", "green")\nplot(packages)', []],
    ['colours <- c("red", "green")\nlibrary(p, character.only = TRUE)', []],
    ['library(dplyr', []],
  ];
  for (const [code, expected] of cases) {
    it(`of ${JSON.stringify(code)}`, () => {
      assert.deepEqual(loaded(code), expected);
    });
  }

  it('are those of the chunks of a document, in their lines', () => {
    const text =
      'library(no)\n```{r setup, echo=FALSE}\nlibrary(knitr)\n```\n```{python}\nlibrary(no)\n```\n```{R}\nsf::x\n```\n';
    assert.equal(codeOfDocument(text), '\n\nlibrary(knitr)\n\n\n\n\n\nsf::x\n\n');
    assert.deepEqual(loaded(codeOfDocument(text)), ['knitr', 'sf']);
  });
});
