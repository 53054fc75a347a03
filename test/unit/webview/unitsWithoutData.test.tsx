/** Units along the text where the run's data cannot be read: a text of one's own can. */
import { renderToString } from 'preact-render-to-string';
import { expect, it, vi } from 'vitest';
import { freshState } from '../../../webview/savedState.ts';
import { viewReady } from '../../../webview/placeholder.tsx';
import { PageStore } from '../../../webview/store.ts';
import type { ViewProps } from '../../../webview/views/view.ts';

// The toolkit's elements need a document as soon as they are loaded.
vi.mock('../../../webview/controls.tsx', () => ({
  Button: ({ children }: { readonly children: unknown }) => children,
  Dropdown: () => null,
  Segments: ({ options }: { readonly options: readonly { readonly label: string }[] }) =>
    options.map(({ label }) => label).join(' | '),
  TextArea: ({ label }: { readonly label: string }) => label,
}));
vi.mock('../../../webview/views/unitsSection.tsx', () => ({ UnitsSection: () => null }));
vi.mock('../../../webview/views/unrolledSection.tsx', () => ({ UnrolledSection: () => null }));
const { UnitsView } = await import('../../../webview/views/unitsView.tsx');

it('says what is missing, and takes a typed text', () => {
  const { state } = new PageStore(freshState, () => undefined);
  const model = { ...state.model, frameProblems: { unitText: 'hello.txt: is not there' } };
  expect([viewReady('units', state.model), viewReady('units', model)]).toEqual([false, true]);
  // What has no such way out leaves its place to the reason.
  expect(viewReady('entropy', { ...state.model, frameProblems: { entropy: 'hello.txt: is not there' } })).toBe(false);
  const saved = (name: string, otherwise: unknown) => [name === 'source' ? 'typed' : otherwise, () => undefined];
  const html = renderToString(<UnitsView {...({ model, saved } as unknown as ViewProps)} />);
  expect(html).toContain('hello.txt: is not there');
  expect(html).toMatch(/Held-out text \| Text of your own.*Text to read.*Read/s);
});
