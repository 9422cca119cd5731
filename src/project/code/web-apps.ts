import { named } from './call-results.js';
import { type ImportedModule } from './python-imports.js';
import { type Call, type Program } from './values.js';

/** A web application that a program of Python is. */
export interface WebApp {
  /** What it is written with: “Flask”. */
  framework: string;
  /** That reaches it from outside of the container. */
  command: readonly string[];
  port: number;
}

/**
 * The web application that a file is, if it is one. A container is reached at its own address alone, so a program that listens on
 * `localhost` is started in the framework's way of saying where to listen.
 */
export function webAppOf(file: string, program: Program, modules: readonly ImportedModule[]): WebApp | undefined {
  const imported = new Set(modules.map(({ module }) => module.split('.', 1)[0]));
  const found = frameworks.find(({ module, isApp }) => imported.has(module) && isApp(program, file));
  return found?.start(file, program);
}

interface Framework {
  module: string;
  isApp: (program: Program, file: string) => boolean;
  start: (file: string, program: Program) => WebApp;
}

const frameworks: readonly Framework[] = [
  {
    module: 'streamlit',
    isApp: ({ calls }, file) => {
      const shown = calls.filter(({ owner }) => owner === 'st' || owner === 'streamlit');
      const isShown =
        shown.some(({ isAtTop }) => isAtTop) || calls.some(({ name, isAtTop }) => name === 'main' && isAtTop);
      return !/(?:^|\/)pages\//.test(file) && shown.length > 0 && isShown;
    },
    start: (file) => ({
      framework: 'Streamlit',
      command: ['streamlit', 'run', file, '--server.address=0.0.0.0', '--server.port=8501', '--server.headless=true'],
      port: 8501,
    }),
  },
  {
    module: 'gradio',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'launch'),
    start: (file, program) => {
      const call = program.calls.find(({ name }) => name === 'launch');
      return {
        framework: 'Gradio',
        command: bindsItself(call, 'server_name')
          ? ['python', file]
          : ['env', 'GRADIO_SERVER_NAME=0.0.0.0', 'python', file],
        port: portOf(call, 'server_port') ?? 7860,
      };
    },
  },
  {
    module: 'dash',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'Dash'),
    start: (file, program) => {
      const call = serving(program, 'run', 'run_server');
      return {
        framework: 'Dash',
        command: bindsItself(call, 'host') ? ['python', file] : ['env', 'HOST=0.0.0.0', 'python', file],
        port: portOf(call, 'port', 1) ?? 8050,
      };
    },
  },
  {
    module: 'fastapi',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'FastAPI'),
    start: (file, program) => {
      const call = program.calls.find(({ name, owner }) => name === 'run' && owner === 'uvicorn');
      const port = portOf(call, 'port') ?? 8000;
      const variable = program.assignments.find(({ value }) => value.name === 'FastAPI')?.name ?? 'app';
      const isInSource = file.startsWith('src/');
      const module = (isInSource ? file.slice('src/'.length) : file).replace(/\.py$/, '').replaceAll('/', '.');
      const folder = isInSource ? ['--app-dir', 'src'] : [];
      return {
        framework: 'FastAPI',
        command: bindsItself(call, 'host')
          ? ['python', file]
          : ['uvicorn', ...folder, `${module}:${variable}`, '--host', '0.0.0.0', '--port', String(port)],
        port,
      };
    },
  },
  {
    module: 'flask',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'Flask'),
    start: (file, program) => {
      const call = serving(program, 'run');
      const port = portOf(call, 'port', 1);
      const app = file.includes('/') ? file : file.replace(/\.py$/, '');
      return {
        framework: 'Flask',
        command: bindsItself(call, 'host')
          ? ['python', file]
          : ['flask', '--app', app, 'run', '--host=0.0.0.0', ...(port === undefined ? [] : [`--port=${port}`])],
        port: port ?? 5000,
      };
    },
  },
  {
    module: 'panel',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'servable'),
    start: (file) => served('Panel', 'panel', file),
  },
  {
    module: 'bokeh',
    isApp: ({ calls }) => calls.some(({ name }) => name === 'curdoc'),
    start: (file) => served('Bokeh', 'bokeh', file),
  },
  {
    module: 'shiny',
    isApp: ({ calls }, file) => calls.some(({ name }) => name === 'App') || file.endsWith('app.py'),
    start: (file) => ({
      framework: 'Shiny',
      command: ['shiny', 'run', '--host', '0.0.0.0', '--port', '8000', file],
      port: 8000,
    }),
  },
  {
    module: 'django',
    isApp: (_program, file) => /(?:^|\/)manage\.py$/.test(file),
    start: (file) => ({ framework: 'Django', command: ['python', file, 'runserver', '0.0.0.0:8000'], port: 8000 }),
  },
];

function served(framework: string, program: string, file: string): WebApp {
  const listen = ['--address=0.0.0.0', '--port=5006', '--allow-websocket-origin=*'];
  return { framework, command: [program, 'serve', file, ...listen], port: 5006 };
}

/** The call that starts an application's own server: a method of a variable that was assigned an application. */
function serving({ calls, assignments }: Program, ...names: readonly string[]): Call | undefined {
  const apps = new Set(
    assignments
      .filter(({ value }) => /^(?:Flask|Dash|create_app|make_app)$/.test(value.name ?? ''))
      .map(({ name }) => name),
  );
  return calls.find(({ name, owner }) => names.includes(name) && (apps.has(owner) || owner === 'app'));
}

function bindsItself(call: Call | undefined, argument: string): boolean {
  const host =
    call === undefined ? undefined : (named(call, argument) ?? call.args.find(({ name }) => name === undefined)?.value);
  return host?.text === '0.0.0.0' || host?.text === '::';
}

/** @param at which of the arguments without a name it is, counted from 0 */
function portOf(call: Call | undefined, argument: string, at?: number): number | undefined {
  const plain = at === undefined ? undefined : call?.args.filter(({ name }) => name === undefined)[at]?.value;
  const text = call === undefined ? undefined : (named(call, argument) ?? plain)?.text;
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : undefined;
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
}
