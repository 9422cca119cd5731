import { type Instruction } from '../instructions.js';
import { nameIn } from './pip-installs.js';
import { type Observation, type Rule } from './rule.js';
import { imageUnder, linesOfCommand, linesOfInstruction } from './subject.js';

/** Packages whose wheels bring CUDA's libraries. */
const withCuda = /^(?:jax\[[^\]]*cuda\d*(?!\d*[_-]local)[^\]]*\]|tensorflow\[and-cuda\]|torch(?:vision)?)$/;

export const libraryPathOverWheels: Rule = {
  id: 'library-path-over-wheels',
  title: 'LD_LIBRARY_PATH does not hide the CUDA of the wheels',
  why:
    'Wheels of JAX, PyTorch and TensorFlow bring the CUDA libraries that they were built with; LD_LIBRARY_PATH puts others ' +
    'in front of them (“LD_LIBRARY_PATH is not set”: https://docs.jax.dev/en/latest/installation.html).',
  weight: 5,
  needsNetwork: false,
  check: (subject) =>
    subject.needed.flatMap((stage) =>
      stage.instructions.filter(setsLibraryPath).flatMap((instruction): Observation[] => {
        const chain = new Set(subject.chainOf(stage));
        const wheels = subject.pipInstalls
          .filter(({ command }) => chain.has(command.stage))
          .filter(({ indexes }) => !indexes.some((index) => /\/whl\/cpu\b/.test(index)))
          .flatMap(({ named }) => named.filter(({ text }) => !text.includes('+cpu')).map(({ text }) => nameIn(text)))
          .find((name) => withCuda.test(name));
        if (wheels === undefined) return [];
        return [
          {
            severity: 'warning',
            ...linesOfInstruction(instruction),
            message: `LD_LIBRARY_PATH puts other CUDA libraries in front of those that ${wheels} brings.`,
            remedy:
              'Leave it out: the wheels find their own libraries, and the driver’s are mounted by the container toolkit.',
            fix: undefined,
          },
        ];
      }),
    ),
};

function setsLibraryPath({ keyword, arguments: words }: Instruction): boolean {
  if (keyword !== 'ENV' || !/^LD_LIBRARY_PATH[\s=]|\sLD_LIBRARY_PATH=/.test(words)) return false;
  // In site-packages is what the wheels brought, in /usr/local/nvidia what the driver has.
  const own = words.replaceAll(/\/usr\/local\/nvidia\b/g, '');
  return /cuda|cudnn|nvidia/i.test(own) && !words.includes('site-packages');
}

export const wheelsForAnotherCuda: Rule = {
  id: 'wheels-for-another-cuda',
  title: 'Wheels are built for the CUDA of the base image',
  why:
    'Wheels for another CUDA bring a second one into the image, and extensions cannot be compiled against both ' +
    '(https://docs.jax.dev/en/latest/installation.html; https://pytorch.org/get-started/previous-versions/).',
  weight: 5,
  needsNetwork: false,
  check: (subject) =>
    subject.pipInstalls.flatMap(({ command, named, indexes }): Observation[] => {
      const base = imageUnder(subject, command.stage) ?? '';
      const [, inBase] = /^(?:docker\.io\/)?nvidia\/cuda:(\d+)\./.exec(base) ?? [];
      const words = [...indexes, ...named.map(({ text }) => text)].join(' ');
      const [, ofWheels, ofLocal] =
        /(?:\/whl\/(?:nightly\/|test\/)?|\+)cu(\d\d)\d\b|\[cuda(\d\d)[_-]local/.exec(words) ?? [];
      const wanted = ofWheels ?? ofLocal;
      if (inBase === undefined || wanted === undefined || wanted === inBase) return [];
      return [
        {
          severity: 'warning',
          ...linesOfCommand(command),
          message: `These packages are built for CUDA ${wanted}, but the base image has CUDA ${inBase}.`,
          remedy: `Take packages for CUDA ${inBase}, or a base image without CUDA: the wheels bring their own.`,
          fix: undefined,
        },
      ];
    }),
};
