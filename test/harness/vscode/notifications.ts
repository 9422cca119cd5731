import type { Locator, Page } from 'playwright-core';

/** A notification in the corner of the window, or a dialog in its middle. */
export interface ShownMessage {
  severity: 'info' | 'warning' | 'error';
  text: string;
  /** The labels of the buttons below the text, in the order shown. */
  buttons: string[];
}

interface Waiting {
  timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;

/** The notifications that show at this moment, the newest first. */
export async function notifications(page: Page): Promise<ShownMessage[]> {
  return Promise.all((await toasts(page).all()).map(readToast));
}

/** Waits for a notification, progress included, whose text matches. */
export async function waitForNotification(page: Page, text: RegExp, waiting: Waiting = {}): Promise<ShownMessage> {
  const toast = toastWith(page, text);
  await toast.waitFor({ timeout: waiting.timeoutMs ?? TIMEOUT_MS });
  return readToast(toast);
}

/** Waits for a notification whose text matches and clicks its button. */
export async function clickNotification(
  page: Page,
  text: RegExp,
  button: string,
  waiting: Waiting = {},
): Promise<void> {
  const toast = toastWith(page, text);
  await toast.waitFor({ timeout: waiting.timeoutMs ?? TIMEOUT_MS });
  await toast.getByRole('button', { name: button, exact: true }).click();
}

/** Waits until no notification's text matches. */
export async function waitForNoNotification(page: Page, text: RegExp, waiting: Waiting = {}): Promise<void> {
  await toastWith(page, text).waitFor({ state: 'detached', timeout: waiting.timeoutMs ?? TIMEOUT_MS });
}

/** Waits for a modal dialog whose text matches. */
export async function waitForDialog(page: Page, text: RegExp, waiting: Waiting = {}): Promise<ShownMessage> {
  const dialog = dialogWith(page, text);
  await dialog.waitFor({ timeout: waiting.timeoutMs ?? TIMEOUT_MS });
  const message = await dialog.locator('.dialog-message-container').innerText();
  const icon = await dialog.locator('.dialog-icon').getAttribute('class');
  const buttons = await dialog.locator('.dialog-buttons .monaco-button').allInnerTexts();
  return { severity: severityOf(icon), text: message.trim(), buttons: buttons.map((button) => button.trim()) };
}

/** Waits for a modal dialog whose text matches and clicks its button. */
export async function clickDialog(page: Page, text: RegExp, button: string, waiting: Waiting = {}): Promise<void> {
  const dialog = dialogWith(page, text);
  await dialog.waitFor({ timeout: waiting.timeoutMs ?? TIMEOUT_MS });
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

function toasts(page: Page): Locator {
  return page.locator('.notifications-toasts .notification-list-item:visible');
}

function toastWith(page: Page, text: RegExp): Locator {
  const message = page.locator('.notification-list-item-message', { hasText: text });
  return toasts(page).filter({ has: message }).first();
}

function dialogWith(page: Page, text: RegExp): Locator {
  return page.locator('.monaco-dialog-box:visible').filter({ hasText: text });
}

async function readToast(toast: Locator): Promise<ShownMessage> {
  const icon = await toast.locator('.notification-list-item-icon').getAttribute('class');
  const text = await toast.locator('.notification-list-item-message').innerText();
  const buttons = await toast.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
  return { severity: severityOf(icon), text: text.trim(), buttons: buttons.map((button) => button.trim()) };
}

function severityOf(iconClasses: string | null): ShownMessage['severity'] {
  const severity = /codicon-(?:dialog-)?(warning|error)/.exec(iconClasses ?? '')?.[1];
  return severity === 'warning' || severity === 'error' ? severity : 'info';
}
