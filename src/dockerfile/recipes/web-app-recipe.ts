import { type EntryPoint, type Project } from '../../project/project.js';
import { writePython } from './python-environment.js';
import { installingOf } from './python-environments.js';
import { type Recipe } from './recipe.js';

/** A web application in Python: its port is named, and a run publishes it. */
export const webAppRecipe: Recipe = {
  id: 'web-app',
  title: 'Web application',
  summary: 'Python that is looked at in a browser: Flask, FastAPI, Streamlit, Dash and others.',
  versionOf: 'Python',
  fit: (project) => {
    const entry = webApp(project);
    if (entry === undefined) return undefined;
    return { degree: project.entries[0] === entry ? 'made' : 'possible', because: entry.because };
  },
  versions: (project) => installingOf(project).recipe.versions(project),
  accelerators: (project) => installingOf(project).recipe.accelerators(project),
  command: (project) => {
    const entry = webApp(project);
    return entry === undefined ? undefined : { command: entry.command, port: entry.port };
  },
  write: (project, answers) => {
    const entry = webApp(project);
    const environment = installingOf(project).environment(answers);
    const command = answers.command.length === 0 && entry !== undefined ? entry.command : answers.command;
    const port = answers.port ?? entry?.port;
    return writePython(
      project,
      { ...answers, command, port },
      { ...environment, kind: `a web application, in ${environment.kind}` },
    );
  },
};

function webApp({ entries }: Project): EntryPoint | undefined {
  return entries.find(({ kind, file }) => kind === 'web-app' && /\.(?:py|ipynb)$/.test(file));
}
