/** What the page's view of conditional entropies says of a text. */
import { renderToString } from 'preact-render-to-string';
import type { VNode } from 'preact';
import { expect, it, vi } from 'vitest';
import type { EntropyFrame } from '../../../src/inspection/entropyFrame.ts';
import { freshState } from '../../../webview/savedState.ts';
import { PageStore } from '../../../webview/store.ts';
import type { Table, ViewProps } from '../../../webview/views/view.ts';
import { entropyFrame } from '../figures/probabilityFixtures.ts';

interface Shown {
  readonly note: string;
  readonly tools: VNode;
  readonly children: readonly VNode[];
  readonly table: () => Table;
}
const shown: Shown[] = [];

// The toolkit's elements need a document as soon as they are loaded.
vi.mock('../../../webview/controls.tsx', () => ({
  Segments: ({ label, options }: { readonly label: string; readonly options: readonly { readonly label: string }[] }) =>
    `${label}: ${options.map((option) => option.label).join(', ')}`,
}));
vi.mock('../../../webview/figureFrame.tsx', () => ({
  FigureFrame: (props: Shown) => {
    shown.push(props);
    return [props.tools, props.children];
  },
}));
vi.mock('../../../webview/views/variablePlane.tsx', () => ({ VariablePlane: () => null }));
vi.mock('../../../webview/views/maskChooser.tsx', () => ({ MaskChooser: () => null }));
const { EntropyView } = await import('../../../webview/views/entropyView.tsx');

function pageOf(frame: EntropyFrame, arrangement: string) {
  const { state } = new PageStore(freshState, () => undefined);
  const model = { ...state.model, frames: { entropy: frame } };
  const page = { model, width: 600, height: 500, saved: () => [arrangement, () => undefined] };
  shown.length = 0;
  const html = renderToString(<EntropyView {...(page as unknown as ViewProps)} />);
  return { html, ...shown[0]! };
}

it('names characters by their place in a piece, and each by itself, but no variables', () => {
  const frame = entropyFrame({ dimension: 16, text: true });
  const places = pageOf(frame, 'order');
  expect(places.html).toContain('Characters: By place, Costliest first, By character');
  expect(places.html).toContain('Point at a character');
  expect(places.note).toContain('validation pieces');
  expect(places.table().columns).toContain('Character');
  expect(places.table().rows[4]![0]).toBe('character 5');
  const characters = pageOf(frame, 'characters');
  expect(characters.table().rows.map(([name]) => name)).toEqual(['space', '“e”', '“t”', 'line break', '“J”', '“é”']);
  expect(`${places.html}${characters.html}`).not.toMatch(/variable/i);
});

it('leaves other rows their variables', () => {
  const { html, table } = pageOf(entropyFrame({ dimension: 4 }), 'characters');
  expect(html).toContain('Variables: In the order, Costliest first');
  expect(table().rows[0]![0]).toBe('x₁');
});
