/** What a program says of CUDA when it fails inside a container, and what helps. */
export interface ProgramError {
  message: string;
  remedy: string;
}

const errors: readonly [pattern: RegExp, error: ProgramError][] = [
  [
    /NVIDIA driver on your system is too old|CUDA driver version is insufficient|cudaErrorInsufficientDriver|CUDA_ERROR_INSUFFICIENT_DRIVER/i,
    {
      message: 'The GPU driver of the engine’s host is too old for the CUDA that the program was built with.',
      remedy: 'Update the driver, or use an image or wheels with an older CUDA.',
    },
  ],
  [
    /forward compatibility was attempted on non supported HW|CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE/i,
    {
      message: 'The image’s libraries for forward compatibility do not work on this GPU.',
      remedy: 'Update the driver of the engine’s host, or use an image with an older CUDA.',
    },
  ],
  [
    /unsupported display driver \/ cuda driver combination|CUDA_ERROR_SYSTEM_DRIVER_MISMATCH/i,
    {
      message: 'The CUDA library in the container does not belong to the driver of the engine’s host.',
      remedy: 'Restart the host if its driver was updated; take a driver out of the image if it brings one.',
    },
  ],
  [
    /no kernel image is available for execution on the device|is not compatible with the current PyTorch installation/i,
    {
      message: 'The program was not built for this GPU.',
      remedy: 'Use a release that was built with a CUDA that knows the GPU: “Check GPU for Image…” says which.',
    },
  ],
  [
    /PTX was compiled with an unsupported toolchain|CUDA_ERROR_UNSUPPORTED_PTX_VERSION/i,
    {
      message: 'The program compiles for the GPU while it runs, with a CUDA that is newer than the driver’s.',
      remedy: 'Update the driver of the engine’s host, or use an older CUDA of the same major version.',
    },
  ],
  [
    /CUDA driver is a stub library/i,
    {
      message: 'A stub of the CUDA driver stands before the real one.',
      remedy: 'Take folders named “stubs” out of LD_LIBRARY_PATH.',
    },
  ],
  [
    /Could not find cuda drivers on your machine|no NVIDIA GPU device is present|no CUDA-capable device is detected|Found no NVIDIA driver on your system/i,
    {
      message: 'The program found no GPU in its container.',
      remedy: 'Run it with a GPU, if the engine’s host has one: “Show GPU…” says so.',
    },
  ],
];

/** What all of them have in them: most lines are of something else. */
const about = /cuda|nvidia|gpu|kernel image|PTX|display driver|PyTorch installation|non supported HW/i;

/** What a line of a program's output says of CUDA; undefined for all other lines. */
export function programError(line: string): ProgramError | undefined {
  return about.test(line) ? errors.find(([pattern]) => pattern.test(line))?.[1] : undefined;
}
