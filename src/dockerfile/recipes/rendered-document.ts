import { type Project } from '../../project/project.js';
import { type RecipeAnswers } from './recipe.js';

/**
 * The command that renders a document of R Markdown into the folder for results, where that is the likeliest program of a
 * project. What is made on the way goes into a temporary folder: the document's own need not be writable for whoever runs it.
 */
export function renderingCommand(
  { entries }: Project,
  output: string,
): Pick<RecipeAnswers, 'command' | 'port'> | undefined {
  const [entry] = entries;
  const document = JSON.stringify(entry?.file ?? '');
  if (entry?.command[2] !== `rmarkdown::render(${document})`) return undefined;
  const places = `output_dir = ${JSON.stringify(output)}, intermediates_dir = tempdir()`;
  return { command: ['Rscript', '-e', `rmarkdown::render(${document}, ${places})`], port: undefined };
}
