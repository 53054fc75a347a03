/** Reconstruction against KL, over training. */
import { extent, line, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import type { BoundMoment } from '../inspection/frames/latentUnits.ts';
import { runStyle } from './colours.ts';
import { Frame, Panel, shownMoment, type InBox } from './latentUnitsPanel.tsx';

/** The way of training in the plane of both parts of the bound; where their difference is the same runs a dotted line. */
export function Trade({ frame, box, theme }: InBox): VNode {
  const { moments } = frame;
  const padded = (values: readonly number[], least: number): [number, number] => {
    const [low = 0, high = 1] = extent(values);
    const pad = Math.max(least, (high - low) * 0.1);
    return [low - pad, high + pad];
  };
  const x = scaleLinear(
    padded(
      moments.map(({ divergence }) => divergence),
      0.5,
    ),
    [box.x, box.x + box.width],
  );
  const y = scaleLinear(
    padded(
      moments.map(({ reconstruction }) => reconstruction),
      0.5,
    ),
    [box.y + box.height, box.y],
  );
  const { colour } = runStyle(theme.kind, 2);
  const last = shownMoment(frame);
  const path =
    line<BoundMoment>(
      ({ divergence }) => x(divergence),
      ({ reconstruction }) => y(reconstruction),
    ).digits(1)(moments) ?? '';
  // Along it one nat more of KL buys one nat of reconstruction.
  const bound = last.reconstruction - last.divergence;
  const [left, right] = x.domain() as [number, number];
  const [below, above] = y.domain() as [number, number];
  const from = Math.max(left, below - bound);
  const to = Math.min(right, above - bound);
  return (
    <Panel box={box} title="Reconstruction against KL, over training" theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="E[log p(x|z)], nats" xLabel="KL(q(z|x) ‖ p(z)), nats" />
      {from < to && (
        <line
          x1={x(from)}
          x2={x(to)}
          y1={y(from + bound)}
          y2={y(to + bound)}
          stroke={theme.muted}
          stroke-dasharray="2 3"
        />
      )}
      <path d={path} fill="none" stroke={colour} stroke-width={2} class="trade" />
      <circle cx={x(last.divergence)} cy={y(last.reconstruction)} r={4.5} fill={colour} stroke={theme.background} />
    </Panel>
  );
}
