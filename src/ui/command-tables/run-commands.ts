import { type CommandDeclaration, runItem, viewIds } from '../command-declaration.js';

const inView = `view == ${viewIds.runs}`;
const onRun = (states: string): string => `${inView} && viewItem =~ /^${runItem}\\.${states}/`;
const onAny = `${inView} && viewItem =~ /^${runItem}\\./`;
const onOver = onRun('(finished|lost)');
/** A run record in the explorer of files. */
const isRecord = 'resourceDirname =~ /[\\\\/]\\.research-containers[\\\\/]runs$/ && resourceExtname == .json';

export const runCommands = {
  repeatRun: {
    title: 'Repeat Last Run…',
    icon: '$(run-all)',
    keybinding: { key: 'ctrl+alt+r', when: 'isWorkspaceTrusted && !findWidgetVisible' },
    menus: [{ menu: 'view/title', when: inView, group: 'navigation@1' }],
  },
  showResults: {
    title: 'Show Results',
    icon: '$(graph)',
    menus: [
      { menu: 'view/item/context', when: onRun('finished\\.results'), group: 'inline@1' },
      { menu: 'view/item/context', when: onRun('finished\\.results'), group: '1_results@1' },
      { menu: 'explorer/context', when: isRecord, group: '3_researchContainers@1' },
    ],
  },
  openRunFolder: {
    title: 'Open Folder of Results',
    icon: '$(folder-opened)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '1_results@2' }],
  },
  showRunTerminal: {
    title: 'Show Terminal',
    icon: '$(terminal)',
    menus: [
      { menu: 'view/item/context', when: onRun('running'), group: 'inline@1' },
      { menu: 'view/item/context', when: onRun('running'), group: '1_results@3' },
    ],
  },
  stopRun: {
    title: 'Stop Run',
    icon: '$(debug-stop)',
    menus: [
      { menu: 'view/item/context', when: onRun('running'), group: 'inline@2' },
      { menu: 'view/item/context', when: onRun('running'), group: '2_run@1' },
    ],
  },
  runAgain: {
    title: 'Run Again',
    icon: '$(debug-rerun)',
    menus: [
      { menu: 'view/item/context', when: onOver, group: 'inline@2' },
      { menu: 'view/item/context', when: onOver, group: '2_run@2' },
      { menu: 'explorer/context', when: isRecord, group: '3_researchContainers@2' },
    ],
  },
  runAgainWithChanges: {
    title: 'Run Again with Changes…',
    icon: '$(edit)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '2_run@3' }],
  },
  pickUpRuns: {
    title: 'Look for Lost Runs and Results Again',
    icon: '$(refresh)',
    menus: [
      { menu: 'view/item/context', when: onRun('lost|.*\\.incomplete'), group: '2_run@4' },
      { menu: 'view/title', when: inView, group: '1_runs@1' },
    ],
  },
  compareRuns: {
    title: 'Compare Runs…',
    icon: '$(diff)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_look@1' }],
  },
  copyRunCommand: {
    title: 'Copy as docker run',
    icon: '$(copy)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_look@2' }],
  },
  showRunLog: {
    title: 'Open Log',
    icon: '$(output)',
    menus: [{ menu: 'view/item/context', when: onAny, group: '3_look@3' }],
  },
  removeRun: {
    title: 'Remove Run…',
    icon: '$(trash)',
    menus: [{ menu: 'view/item/context', when: onOver, group: '9_remove@1' }],
  },
  firstStepHello: { title: 'First Step: Run hello-world', menus: [] },
  firstStepEcho: { title: 'First Step: Say Hello from busybox', menus: [] },
  firstStepShell: { title: 'First Step: Open a Shell in busybox', menus: [] },
} as const satisfies Record<string, CommandDeclaration>;
