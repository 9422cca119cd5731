import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Log } from '../machine/commands.js';
import { ensurePackages } from '../machine/packages.js';
import { setTheme } from './workbench.js';

// What the console says after this marker is passed on to the log; VS Code puts a level and colors before it.
const CONSOLE_MARKER = '[research-containers]';

const CHECKOUT = resolve(__dirname, '../../..');
const READY_MS = 60_000;
const KEPT_COMPLAINTS = 20;

interface WorkbenchOptions {
  /** The VS Code server's address. */
  url: string;
  /** The folder to open, as an absolute path; no folder when left out. */
  folder?: string;
  /**
   * An extension under development to load beside the installed ones, and a test module of it to run. Such a page is
   * not for clicking: VS Code shows neither notifications nor dialogs in it.
   */
  driver?: { extensionFolder: string; testsModule?: string };
  /** A color theme's name, as the picker shows it. */
  theme?: string;
  viewport?: { width: number; height: number };
  log?: Log;
  /** Called when VS Code has ended its extension host after a test module. */
  onTestsEnd?: (exitCode: number) => void;
}

/**
 * Starts a Chromium without a window. Debian's is installed where there is none.
 *
 * @throws Error that says what to install when that cannot be done.
 */
export async function openBrowser(options: { log: Log; signal?: AbortSignal }): Promise<Browser> {
  const executablePath = findChromium() ?? (await installChromium(options));
  const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  args.push('--disable-component-update', '--disable-sync', '--lang=en-US');
  // Chromium's sandbox refuses to work for root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath, args });
}

/**
 * Opens VS Code in a page of its own, with an empty profile, and waits until it is ready: the windows' parts are there
 * and all extensions are known. Close the page's context to be rid of it.
 */
export async function openWorkbench(browser: Browser, options: WorkbenchOptions): Promise<Page> {
  const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const complaints = watchConsole(page, options.log);
    const { onTestsEnd } = options;
    if (onTestsEnd) {
      // VS Code for the browser calls this function, if the page has it, when its extension tests are through.
      await page.exposeFunction('codeAutomationExit', (exitCode: number) => {
        onTestsEnd(exitCode);
      });
    }
    if (options.driver) await page.addInitScript({ content: ENABLE_DRIVER });
    await load(page, workbenchUrl(options), complaints);
    if (options.theme !== undefined) await setTheme(page, options.theme);
    return page;
  } catch (error) {
    await context.close();
    throw error;
  }
}

/** Writes what the page shows to `test-results/screenshots/NAME.png` and answers that path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const folder = join(CHECKOUT, 'test-results/screenshots');
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  return path;
}

function workbenchUrl(options: WorkbenchOptions): string {
  const url = new URL(options.url);
  const remote = (path: string): string => `vscode-remote://${url.host}${path}`;
  if (options.folder === undefined) url.searchParams.set('ew', 'true');
  else url.searchParams.set('folder', options.folder);
  const payload: [string, string][] = [];
  if (options.driver) {
    payload.push(['extensionDevelopmentPath', remote(options.driver.extensionFolder)]);
    const { testsModule } = options.driver;
    if (testsModule !== undefined) payload.push(['extensionTestsPath', remote(testsModule)]);
  }
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

// VS Code heeds the payload only in the mode of its own smoke tests. The server's switch for that mode would put every
// page into it, and in it VS Code shows no notifications and refuses dialogs, which pages for clicking need. The page's
// scripts run when it is interactive, after this listener.
const ENABLE_DRIVER = `document.addEventListener('readystatechange', () => {
  const element = document.getElementById('vscode-workbench-web-configuration');
  if (!element) return;
  const configuration = JSON.parse(element.dataset.settings);
  configuration.developmentOptions = { ...configuration.developmentOptions, enableSmokeTestDriver: true };
  element.dataset.settings = JSON.stringify(configuration);
}, { once: true });`;

async function load(page: Page, url: string, complaints: () => string): Promise<void> {
  try {
    await page.goto(url);
    await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor({ timeout: READY_MS });
    const loaded = (): boolean => performance.getEntriesByName('code/didLoadExtensions').length > 0;
    await page.waitForFunction(loaded, undefined, { timeout: READY_MS });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`VS Code did not get ready at ${url}: ${reason}\nIts console:\n${complaints()}`, { cause });
  }
}

function watchConsole(page: Page, log: Log | undefined): () => string {
  const complaints: string[] = [];
  page.on('console', (message) => {
    const text = message.text();
    const marked = text.indexOf(CONSOLE_MARKER);
    if (marked >= 0) log?.(text.slice(marked + CONSOLE_MARKER.length).trim());
    else if (message.type() === 'error' || message.type() === 'warning') complaints.push(text);
  });
  return () => complaints.slice(-KEPT_COMPLAINTS).join('\n');
}

function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

async function installChromium(options: { log: Log; signal?: AbortSignal }): Promise<string> {
  await ensurePackages(['chromium'], options.log, options);
  return '/usr/bin/chromium';
}
