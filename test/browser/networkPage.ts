/** What the tests of networks and of matrices share: the page opened on one of the two, and what is read there. */
import type { Browser, Page } from 'playwright-core';
import type { Inspector, InspectorOptions } from './mock/inspector.ts';
import { openPage } from './opened.ts';

export async function openNetwork(
  browser: Browser,
  tab: 'connectivity' | 'masks',
  options: InspectorOptions = {},
): Promise<Inspector> {
  const inspector = await openPage(browser, { width: 1000, height: 900, ...options });
  await inspector.page.locator(`#tab-${tab}`).click();
  await inspector.page
    .locator(tab === 'masks' ? '.matrix' : '.graph')
    .first()
    .waitFor();
  return inspector;
}

/** Busy machines take their time over a picture of a million weights. */
/** What is said of the focus, under the figure and beside it. */
export const told = (page: Page) => page.locator('.told').first().innerText();
export const words = (page: Page) => page.locator('.words').innerText();
