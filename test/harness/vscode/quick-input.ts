import type { Locator, Page } from 'playwright-core';
import { exactly } from './text.js';

/** What VS Code's input at the top of the window asks and offers. */
export interface QuickInput {
  title: string;
  placeholder: string;
  value: string;
  /** The prompt, or what is wrong with the value. */
  message: string;
  /** What can be picked, as far as the list shows it. */
  items: { label: string; description: string; detail: string; checked: boolean }[];
}

/** Waits until a quick pick or an input box is there, with this title if one is given, and answers what it shows. */
export async function readQuickInput(page: Page, title?: string): Promise<QuickInput> {
  for (;;) {
    const widget = await shownWidget(page, title);
    const [shown] = await widget.evaluateAll(readWidgets);
    // One that closes as it is read makes room for the next.
    if (shown !== undefined) return shown;
  }
}

/** Replaces what the quick input holds, and leaves it open. */
export async function typeQuickInput(page: Page, value: string): Promise<void> {
  await textField(await shownWidget(page)).fill(value);
}

/** Accepts the quick input as it is: its value, the chosen item, or the checked ones. */
export async function acceptQuickInput(page: Page): Promise<void> {
  await textField(await shownWidget(page)).press('Enter');
}

/** Types a value into an input box and accepts it. */
export async function answerQuickInput(page: Page, value: string): Promise<void> {
  await typeQuickInput(page, value);
  await acceptQuickInput(page);
}

/**
 * Types a path into VS Code's dialog for files and accepts it.
 *
 * While the dialog reads the folder that it opens with, it replaces what is typed by what it proposes; its list, which
 * always leads to the folder above, comes with the end of that.
 */
export async function answerFileDialog(page: Page, path: string): Promise<void> {
  const widget = await shownWidget(page);
  await widget.locator('.monaco-list-row .label-name', { hasText: exactly('..') }).waitFor();
  await typeQuickInput(page, path);
  const { value } = await readQuickInput(page);
  if (value !== path) throw new Error(`The dialog for files holds “${value}”, where “${path}” was typed.`);
  await acceptQuickInput(page);
}

/** Clicks the item with exactly this label; in a list for several items this checks it or unchecks it. */
export async function pickQuickInput(page: Page, label: string): Promise<void> {
  const widget = await shownWidget(page);
  const row = widget
    .locator('.monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) });
  await row.first().click();
}

/** Escapes from the quick input. */
export async function cancelQuickInput(page: Page): Promise<void> {
  await textField(await shownWidget(page)).press('Escape');
}

/** Waits until no quick input is open. */
export async function waitForNoQuickInput(page: Page): Promise<void> {
  await page.locator('.quick-input-widget:visible').waitFor({ state: 'detached' });
}

async function shownWidget(page: Page, title?: string): Promise<Locator> {
  const all = page.locator('.quick-input-widget:visible');
  const titled = page.locator('.quick-input-title', { hasText: title === undefined ? '' : exactly(title) });
  const widget = title === undefined ? all : all.filter({ has: titled });
  await widget.waitFor();
  return widget;
}

function textField(widget: Locator): Locator {
  return widget.locator('.quick-input-box input');
}

/** What of the page's elements is used here: the project has no types of the DOM. */
interface WidgetElement {
  getAttribute(name: string): string | null;
  querySelector(selector: string): WidgetElement | null;
  querySelectorAll(selector: string): Iterable<WidgetElement>;
  readonly textContent: string | null;
  readonly value?: string;
  readonly offsetParent: object | null;
}

// Runs in the page, and reads all at one moment: a list that closes between two questions from outside has rows no more,
// and the second question would wait for them. No function in it has a name: what keeps names is not there in the page.
function readWidgets(widgets: WidgetElement[]): QuickInput[] {
  return widgets.map((widget) => {
    const [title = '', message = ''] = ['.quick-input-title', '.quick-input-message'].map((selector) => {
      const element = widget.querySelector(selector);
      return (element?.offsetParent ?? null) === null ? '' : (element?.textContent ?? '').trim();
    });
    const input = widget.querySelector('.quick-input-box input');
    return {
      title,
      placeholder: input?.getAttribute('placeholder') ?? '',
      value: input?.value ?? '',
      message,
      items: [...widget.querySelectorAll('.monaco-list-row')].map((row) => {
        const [label = '', description = '', detail = ''] = [
          '.label-name',
          '.label-description',
          '.quick-input-list-label-meta',
        ].map((selector) => {
          const element = row.querySelector(selector);
          return (element?.offsetParent ?? null) === null ? '' : (element?.textContent ?? '').trim();
        });
        return { label, description, detail, checked: row.getAttribute('aria-checked') === 'true' };
      }),
    };
  });
}
