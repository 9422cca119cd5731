import type { Locator, Page } from 'playwright-core';

/** A notification in the corner of the window. */
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

function toasts(page: Page): Locator {
  return page.locator('.notifications-toasts .notification-list-item:visible');
}

function toastWith(page: Page, text: RegExp): Locator {
  const message = page.locator('.notification-list-item-message', { hasText: text });
  return toasts(page).filter({ has: message }).first();
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
