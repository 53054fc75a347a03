/** What the panels of the latent units have in common: title, axes, and what stands there after one look. */
import { extent } from 'd3';
import type { ComponentChildren, VNode } from 'preact';
import type { BoundMoment, LatentUnitsFrame } from '../inspection/frames/latentUnits.ts';
import { Axis, type NumericScale } from './axis.tsx';
import type { Box } from './drawing.tsx';
import { textSize, type Theme } from './theme.ts';

export interface InBox {
  readonly frame: LatentUnitsFrame;
  readonly box: Box;
  readonly theme: Theme;
}

export function Panel({
  box,
  title,
  theme,
  children,
}: {
  readonly box: Box;
  readonly title: string;
  readonly theme: Theme;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <g font-family={theme.font}>
      <text x={box.x} y={box.y - 10} font-size={textSize.label} fill={theme.foreground}>
        {title}
      </text>
      {children}
    </g>
  );
}

export function Frame(o: {
  readonly box: Box;
  readonly x: NumericScale;
  readonly y: NumericScale;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly theme: Theme;
}): VNode {
  const { box, x, y, theme } = o;
  return (
    <>
      <Axis scale={y} side="left" at={box.x} label={o.yLabel} theme={theme} ticks={5} grid={box.width} />
      <Axis scale={x} side="bottom" at={box.y + box.height} label={o.xLabel} theme={theme} ticks={5} />
    </>
  );
}

export function OneMoment({ box, theme }: { readonly box: Box; readonly theme: Theme }): VNode {
  return (
    <text x={box.x + box.width / 2} y={box.y + 14} text-anchor="middle" font-size={textSize.small} fill={theme.muted}>
      one moment; every epoch adds one
    </text>
  );
}

export const epochs = (moments: readonly BoundMoment[]): readonly [number, number] => {
  const [from = 0, to = 1] = extent(moments, ({ epoch }) => epoch);
  return from === to ? [Math.max(0, from - 0.5), to + 0.5] : [from, to];
};

/** The moment that is shown: of a finished run that of its best epoch, with others after it. */
export function shownMoment({ moments, step }: LatentUnitsFrame): BoundMoment {
  return moments.findLast((moment) => moment.step <= step) ?? moments[0]!;
}

/** Where the moment that is shown stands in time, where there are later ones. */
export function Now({ frame, box, x, theme }: InBox & { readonly x: NumericScale }): VNode | null {
  const now = shownMoment(frame);
  if (now === frame.moments.at(-1)) return null;
  const at = x(now.epoch);
  return <line x1={at} x2={at} y1={box.y} y2={box.y + box.height} stroke={theme.muted} class="now" />;
}
