/**
 * Packages of Bioconductor that CRAN does not have, as far as research code loads them by name
 * (https://bioconductor.org/packages/release/BiocViews.html). Only whether there is one among others counts: its installer finds
 * those of CRAN, too.
 */
const names = new Set(
  (
    'AnnotationDbi AnnotationHub BSgenome Biobase BiocGenerics BiocParallel Biostrings ChIPseeker ComplexHeatmap ' +
    'DECIPHER DESeq2 DEXSeq DOSE DelayedArray DiffBind DropletUtils EBImage EnhancedVolcano ExperimentHub GEOquery GSEABase ' +
    'GSVA GenomeInfoDb GenomicAlignments GenomicFeatures GenomicRanges Gviz HDF5Array IRanges KEGGREST MAST MSnbase MultiAssayExperiment ' +
    'ReactomePA Rhdf5lib Rhtslib Rsamtools Rsubread S4Vectors SingleCellExperiment SingleR ShortRead Spectra SummarizedExperiment ' +
    'TCGAbiolinks VariantAnnotation affy apeglow batchelor biomaRt celldex clusterProfiler cummeRbund dada2 destiny edgeR ' +
    'enrichplot ensembldb fgsea flowCore ggtree glmGamPoi goseq graph impute karyoploteR limma lumi maftools metagenomeSeq ' +
    'microbiome minfi mixOmics msa multtest mzR oligo pathview pcaMethods phyloseq preprocessCore qvalue rhdf5 rtracklayer ' +
    'scDblFinder scater scran scuttle sesame slingshot sva systemPipeR topGO treeio tximeta tximport vsn xcms zellkonverter'
  ).split(' '),
);

/** Whether a package of R comes from Bioconductor; of annotations by the form of their names: `org.Hs.eg.db`. */
export function isOfBioconductor(name: string): boolean {
  return names.has(name) || /^(?:org\.\w+\.\w+\.db|(?:TxDb|BSgenome|EnsDb)\..+)$/.test(name);
}
