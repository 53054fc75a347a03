/** What the tests of the page share: opening it, and looking that nothing went wrong in it meanwhile. */
import type { Browser, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { openInspector, type Inspector, type InspectorOptions } from './mock/inspector.ts';

/** The toolkit tries to write an empty style element twice; the policy refuses it, and nothing is lost. */
const HARMLESS = /Applying inline style violates.*sha256-47DEQpj8HBSa\+\/TImW\+5JCeuQeRkm5NMpJWZG3hSuFU=/s;

/** The page, closed after the test; an error in it fails the test. */
export async function openPage(browser: Browser, options: InspectorOptions = {}): Promise<Inspector> {
  const inspector = await openInspector(browser, options);
  onTestFinished(async () => {
    await inspector.close();
    expect(inspector.errors.filter((error) => !HARMLESS.test(error))).toEqual([]);
  });
  return inspector;
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const tab = (page: Page, name: string) => page.getByRole('tab', { name });

/** What the page has asked by one method, in order. */
export const asked = ({ mock }: Inspector, method: string) =>
  mock(
    (host, wanted) => host.requests.filter((request) => request.method === wanted).map(({ params }) => params),
    method,
  );

/** The newest file that the page has handed over, bytes as plain numbers. */
export async function exported({ mock }: Inspector, format: string) {
  await expect.poll(() => mock((host, wanted) => host.exports.some((one) => one.format === wanted), format)).toBe(true);
  return mock((host, wanted) => {
    const { name, content } = host.exports.filter((one) => one.format === wanted).at(-1)!;
    return { name, content: typeof content === 'string' ? content : Array.from(content) };
  }, format);
}
