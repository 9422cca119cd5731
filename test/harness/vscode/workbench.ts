import type { Locator, Page } from 'playwright-core';
import { waitFor } from '../machine/waiting.js';
import { cancelQuickInput, pickQuickInput, typeQuickInput, waitForNoQuickInput } from './quick-input.js';
import { beginningWith, exactly } from './text.js';

/** A line of a tree in the side bar. */
export interface TreeItem {
  label: string;
  description: string;
  /** What a screen reader says. */
  spoken: string;
  /** 1 for the topmost items. */
  level: number;
  /** Undefined for items that have no children. */
  expanded: boolean | undefined;
}

const MENU_MS = 2000;
const OPEN_MS = 15_000;

/**
 * Runs a command as a user does who finds it in the palette by its full title, such as `View: Show Explorer`. The palette has
 * what was there when it was opened: right after the start, it is opened again until the command is known, and allowed.
 */
export async function runPaletteCommand(page: Page, title: string): Promise<void> {
  await waitFor(
    `the palette to have “${title}”`,
    async () => {
      await page.keyboard.press('F1');
      await typeQuickInput(page, `>${title}`);
      const entry = page.locator('.quick-input-widget .label-name', { hasText: exactly(title) }).first();
      const isThere = await entry.waitFor({ timeout: MENU_MS }).then(
        () => true,
        () => false,
      );
      if (!isThere) await cancelQuickInput(page);
      return isThere;
    },
    { within: OPEN_MS },
  );
  await pickQuickInput(page, title);
}

/** Shows the view container with this title, by its icon in the activity bar. */
export async function openView(page: Page, title: string): Promise<void> {
  const tab = page.locator('.part.activitybar').getByRole('tab', { name: beginningWith(title) });
  await tab.waitFor();
  // A click on the icon of the container that shows already hides it.
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  await sideBar(page)
    .locator('.composite.title', { hasText: beginningWith(title) })
    .waitFor();
}

/** The items that the trees in the side bar show at this moment, of all its views or of the one with this title. */
export function treeItems(page: Page, view?: string): Promise<TreeItem[]> {
  return treeRows(page, view).evaluateAll(readRows);
}

/** Waits for the item with exactly this label in the side bar's trees. */
export async function waitForTreeItem(page: Page, label: string, timeoutMs?: number): Promise<TreeItem> {
  const row = treeRow(page, label);
  await row.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
  return readItem(row);
}

/** Clicks the item with exactly this label in the side bar's trees. */
export async function clickTreeItem(page: Page, label: string, modifiers: 'Control'[] = []): Promise<void> {
  await treeRow(page, label).locator('.label-name').click({ modifiers });
}

/** Opens or closes the tree item with exactly this label. */
export async function toggleTreeItem(page: Page, label: string): Promise<void> {
  const row = treeRow(page, label);
  await row.waitFor();
  await row.locator('.monaco-tl-twistie').click();
}

/** Clicks the inline action, by its tooltip, of the tree item with exactly this label. */
export async function clickItemAction(page: Page, label: string, action: string): Promise<void> {
  const row = treeRow(page, label);
  await row.hover();
  await row.locator('.actions').getByRole('button', { name: action }).click();
}

/** Clicks the action, by its tooltip, in the title of the view with this title. */
export async function clickViewAction(page: Page, view: string, action: string): Promise<void> {
  const own = viewPane(page, view).locator('.pane-header');
  await own.waitFor({ state: 'attached' });
  // The only view of a container shares the container's title.
  const header = (await own.isVisible()) ? own : sideBar(page).locator('.composite.title');
  await header.hover();
  await header.getByRole('button', { name: action, exact: true }).click();
}

/** Right-clicks the item with exactly this label in the explorer or another tree, and clicks an entry of the menu. */
export async function contextMenu(page: Page, itemLabel: string, entryLabel: string): Promise<void> {
  const entry = await openMenuWith(page, itemLabel, entryLabel);
  // A menu ignores clicks in the first moments after it opened.
  const click = async (): Promise<boolean> => {
    if (await entry.isVisible()) await entry.click({ timeout: MENU_MS });
    return !(await entry.isVisible());
  };
  await waitFor(`the menu to close after a click on ${entryLabel}`, click, { within: MENU_MS });
}

/** Waits until the context menu of the item with exactly this label has an entry. The menu is closed again. */
export async function waitForMenuEntry(page: Page, itemLabel: string, entryLabel: string): Promise<void> {
  await openMenuWith(page, itemLabel, entryLabel);
  await closeMenu(page);
}

/**
 * The entries of the context menu of the item with exactly this label. The menu is closed again. That an entry is missing
 * means something only when another of the same extension was seen: see `openMenuWith`.
 */
export async function contextMenuEntries(page: Page, itemLabel: string): Promise<string[]> {
  await openContextMenu(page, itemLabel);
  const labels = await page.locator('.monaco-menu .action-item:visible .action-label:not(.separator)').allInnerTexts();
  await closeMenu(page);
  return labels.map((label) => label.trim());
}

/**
 * Opens an item's context menu until it has the entry: the explorer shows its files before VS Code has read the menus of
 * all extensions and whether the workspace is trusted, and a menu that is open does not grow.
 */
async function openMenuWith(page: Page, itemLabel: string, entryLabel: string): Promise<Locator> {
  const entry = page
    .locator('.monaco-menu .action-item:visible')
    .filter({ has: page.locator('.action-label', { hasText: exactly(entryLabel) }) });
  let shown: string[] = [];
  const open = async (): Promise<boolean> => {
    await openContextMenu(page, itemLabel);
    if (await entry.isVisible()) return true;
    shown = await page.locator('.monaco-menu .action-item:visible .action-label').allInnerTexts();
    await closeMenu(page);
    return false;
  };
  await waitFor(`${entryLabel} in the menu of ${itemLabel}`, open, {
    within: OPEN_MS,
    explain: () => `The menu has: ${shown.join(', ')}`,
  });
  return entry;
}

async function closeMenu(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.locator('.monaco-menu').waitFor({ state: 'detached' });
}

/** Changes the color theme, by its name in the picker. */
export async function setTheme(page: Page, theme: string): Promise<void> {
  await runPaletteCommand(page, 'Preferences: Color Theme');
  await typeQuickInput(page, theme);
  await pickQuickInput(page, theme);
  await waitForNoQuickInput(page);
}

async function openContextMenu(page: Page, itemLabel: string): Promise<void> {
  await treeRow(page, itemLabel).click({ button: 'right' });
  await page.locator('.monaco-menu').first().waitFor();
}

function sideBar(page: Page): Locator {
  return page.locator('.part.sidebar');
}

function viewPane(page: Page, title: string): Locator {
  const heading = page.locator('.pane-header .title', { hasText: exactly(title) });
  return sideBar(page).locator('.pane').filter({ has: heading });
}

function treeRows(page: Page, view?: string): Locator {
  const within = view === undefined ? sideBar(page) : viewPane(page, view);
  return within.locator('.monaco-list-row[role="treeitem"]');
}

function treeRow(page: Page, label: string): Locator {
  return treeRows(page)
    .filter({ has: page.locator('.label-name', { hasText: exactly(label) }) })
    .first();
}

async function readItem(row: Locator): Promise<TreeItem> {
  const [item] = await row.evaluateAll(readRows);
  if (item === undefined) throw new Error('The item of the tree is gone.');
  return item;
}

/** What of the page's elements is used here: the project has no types of the DOM. */
interface RowElement {
  getAttribute(name: string): string | null;
  querySelector(selector: string): { textContent: string | null } | null;
}

// Runs in the page, and reads all rows at one moment: between two questions from outside a row can go. No function in it
// has a name: what keeps the names of functions here is not there in the page.
function readRows(rows: RowElement[]): TreeItem[] {
  return rows.map((row) => ({
    label: (row.querySelector('.label-name')?.textContent ?? '').trim(),
    description: (row.querySelector('.label-description')?.textContent ?? '').trim(),
    spoken: row.getAttribute('aria-label') ?? '',
    level: Number(row.getAttribute('aria-level')),
    expanded: row.getAttribute('aria-expanded') === null ? undefined : row.getAttribute('aria-expanded') === 'true',
  }));
}
