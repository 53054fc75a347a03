/** One variable of a flow, followed through the figure of its splits. */
import type { VNode } from 'preact';
import type { SplitsFrame } from '../inspection/frames/splits.ts';
import type { SplitsLayout } from './splitsLayout.ts';
import { displaces, isStill, placeOf } from './splitsWords.ts';
import type { Theme } from './theme.ts';

const middleOf = ({ x, width }: { readonly x: number; readonly width: number }) => x + width / 2;
const round = (value: number) => Math.round(value * 10) / 10;

/** One variable followed through all layers, places and all. */
export function SplitsMark({
  frame,
  layout,
  variable,
  theme,
  pinned = false,
}: {
  readonly frame: SplitsFrame;
  readonly layout: SplitsLayout;
  readonly variable: number;
  readonly theme: Theme;
  readonly pinned?: boolean;
}): VNode {
  const boxes = layout.bands.map((band) => layout.boxOf(band, variable));
  let way = '';
  if (layout.form !== 'images') {
    for (const [i, box] of boxes.entries()) {
      const before = boxes[i - 1];
      const layer = layout.bands[i]!.layer;
      if (layer === null) break;
      const from = before ? middleOf(before) : middleOf(layout.boxOf(layout.bands.at(-1)!, variable));
      const { moves } = frame.layers[layer]!;
      const bends = displaces(frame.layers[layer]!);
      way += before ? (bends ? `L${round(from)} ${box.y - 3}` : '') : `M${round(from)} ${box.y - 4}`;
      // Over what moves it would hide the histograms, which stand about the middle.
      const inside = moves[placeOf(frame.layers[layer]!, variable)] === 1 ? 'M' : 'L';
      way += `L${round(middleOf(box))} ${bends ? box.y + box.height + 3 : box.y - 3}${inside}${round(middleOf(box))} ${box.y + box.height + 3}`;
    }
  }
  const dash = pinned ? '5 3' : undefined;
  return (
    <g fill="none" pointer-events="none" class={pinned ? 'pin' : 'highlight'}>
      {way !== '' && (
        <>
          <path d={way} stroke={theme.background} stroke-width={5} opacity={0.7} />
          <path d={way} stroke={theme.accent} stroke-width={2} stroke-dasharray={dash} />
        </>
      )}
      {boxes.map((box, i) => {
        const layer = layout.bands[i]!.layer;
        if (layer !== null && isStill(frame.layers[layer]!)) return null;
        const around = { x: box.x - 0.5, y: box.y - 0.5, width: box.width + 1, height: box.height + 1 };
        return (
          <>
            <rect {...around} stroke={theme.background} stroke-width={3.5} />
            <rect {...around} stroke={theme.accent} stroke-width={1.75} stroke-dasharray={dash} />
          </>
        );
      })}
    </g>
  );
}
