/** The mark that follows the pointer along learning curves. */
import type { VNode } from 'preact';
import type { CurveReadout } from './curveReadout.ts';
import type { CurvesFigure } from './curves.tsx';
import type { Theme } from './theme.ts';

/** What is read of one run, and the colours of its curves. */
export interface CursorDots {
  readonly readout: CurveReadout;
  readonly train: string;
  readonly validation: string;
}

/** A vertical line, with dots where the values are that are told: on the averaged curves and at the epochs. */
export function CurveCursor({
  figure: { x, y, plot },
  at,
  dots,
  theme,
}: {
  readonly figure: Pick<CurvesFigure, 'x' | 'y' | 'plot'>;
  readonly at: number;
  readonly dots: readonly CursorDots[];
  readonly theme: Theme;
}): VNode {
  const dot = (place: number, value: number | null, colour: string) => {
    const [px, py] = [x(place), value === null ? NaN : y(value)];
    // What is out of sight has no dot on the rim.
    const within = px >= plot.x && px <= plot.x + plot.width && py >= plot.y && py <= plot.y + plot.height;
    return within && <circle cx={px} cy={py} r={3.5} fill={theme.background} stroke={colour} stroke-width={1.75} />;
  };
  return (
    <g pointer-events="none" class="cursor">
      <line x1={x(at)} x2={x(at)} y1={plot.y} y2={plot.y + plot.height} stroke={theme.accent} stroke-width={1} />
      {dots.map(({ readout, train, validation }) => (
        <>
          {dot(readout.x, readout.smoothed, train)}
          {readout.validation && dot(readout.validation.x, readout.validation.value, validation)}
        </>
      ))}
    </g>
  );
}
