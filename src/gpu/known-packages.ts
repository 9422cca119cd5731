/** Packages that use a GPU, or bring one that does, with a CUDA that their names do not say. */
const usingGpu =
  /(?:^|-)(?:gpu|cuda|cuda\d+x?|cu1\d\d?|rocm|tensorrt)(?:-|$)|^(?:nvidia|cuda|cudnn|nccl|rapids|cu(?:df|ml|graph|spatial|vs|cim|quantum|tensor|py|signal))(?:-|$)|^(?:torch|pytorch|tensorflow|jax|jaxlib|keras|tf|triton|vllm|flash-attn|xformers|bitsandbytes|deepspeed|accelerate|diffusers|peft|trl|timm|fastai|lightning|ultralytics|easyocr|stanza|flair|whisper|openai-whisper|faster-whisper|ctranslate2|sentence-transformers|sglang|monai|kornia|pyro-ppl|numpyro|botorch|gpytorch|detectron2|mmcv|mxnet|paddlepaddle|warp-lang|pycuda|pyopencl|bertopic|simpletransformers|skorch|dgl|cellpose|stardist|tinygrad|mlx|thinc|numba|xgboost|catboost|lightgbm|taichi|open3d|llama-cpp-python)(?:-|$)/;

/** Packages that compute on the processor, with all that they bring along. */
const onProcessor = new Set(
  `altair astropy attrs beautifulsoup4 biopython black bokeh bottleneck cartopy cffi click cloudpickle contourpy coverage
   cryptography cycler cython dask dash datashader dill django duckdb emcee fastapi feather-format fiona flake8 flask
   fonttools geopandas graphviz gunicorn h5netcdf h5py holoviews hypothesis imageio ipykernel ipython ipywidgets isort
   jinja2 joblib jsonschema jupyter jupyterlab kiwisolver llvmlite lxml markupsafe matplotlib mypy nbconvert nbformat
   netcdf4 networkx nibabel nltk nose notebook numexpr numpy openpyxl packaging pandas papermill patsy pillow pint
   pip plotly polars pooch psutil pyarrow pydantic pydot pymc3 pyparsing pyproj pytest python python-dateutil pytz pyyaml
   rasterio regex requests rich rpy2 ruff scikit-image scikit-learn scipy seaborn setuptools shapely six snakemake
   sqlalchemy statsmodels streamlit sympy tables tabulate threadpoolctl tomli tornado tqdm typer typing-extensions tzdata
   urllib3 uvicorn wheel xarray xlrd xlsxwriter zarr`.split(/\s+/),
);

/** Whether a package is one that uses a GPU, by all that its name says. */
export function mayUseGpu(name: string): boolean {
  return usingGpu.test(name);
}

/** Whether a package is known to bring nothing that uses a GPU. */
export function isOnProcessor(name: string): boolean {
  return onProcessor.has(name);
}
