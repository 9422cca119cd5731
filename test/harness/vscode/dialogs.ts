import type { Page } from 'playwright-core';

/** The text of the modal dialog that VS Code shows. */
export async function readDialog(page: Page): Promise<string> {
  const box = page.locator('.monaco-dialog-box');
  await box.waitFor();
  return (await box.innerText()).trim();
}

/** Clicks a button of the modal dialog, and waits until the dialog is gone. */
export async function answerDialog(page: Page, button: string): Promise<void> {
  const box = page.locator('.monaco-dialog-box');
  await box.getByRole('button', { name: button, exact: true }).click();
  await box.waitFor({ state: 'detached' });
}
