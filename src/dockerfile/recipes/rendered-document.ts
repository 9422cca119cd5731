import { type Project } from '../../project/project.js';
import { type RecipeAnswers } from './recipe.js';

/** What an entry point of a document is: rendered beside the document, which no run keeps. */
const plain = /^rmarkdown::render\(("(?:[^"\\]|\\.)*")\)$/;

/**
 * The command, of which a document of R Markdown goes into the folder for results where it says no other place. What is made on
 * the way goes into a temporary folder: the document's own need not be writable for whoever runs it.
 */
export function renderedInto(command: readonly string[], output: string): readonly string[] {
  const [program, flag, code = '', ...others] = command;
  const document = plain.exec(code)?.[1];
  if (program !== 'Rscript' || flag !== '-e' || document === undefined || others.length > 0) return command;
  const places = `output_dir = ${JSON.stringify(output)}, intermediates_dir = tempdir()`;
  return [program, flag, `rmarkdown::render(${document}, ${places})`];
}

/** What runs by itself where the likeliest program of a project is such a document. */
export function renderingCommand(
  { entries: [entry] }: Project,
  output: string,
): Pick<RecipeAnswers, 'command' | 'port'> | undefined {
  if (entry === undefined) return undefined;
  const command = renderedInto(entry.command, output);
  return command === entry.command ? undefined : { command, port: undefined };
}
