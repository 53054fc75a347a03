/** Both parts of the bound over training, one above the other: they are of different sizes. */
import { extent, line, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import type { BoundMoment } from '../inspection/frames/latentUnits.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import type { Box } from './drawing.tsx';
import { epochs, Now, OneMoment, Panel, shownMoment, type InBox } from './latentUnitsPanel.tsx';

const GAP = 18;

export function Parts({ frame, box, theme }: InBox): VNode {
  const { moments } = frame;
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const height = (box.height - GAP) / 2;
  const now = shownMoment(frame);
  const { colour } = runStyle(theme.kind, 2);
  const half = (at: number, label: string, value: (moment: BoundMoment) => number): VNode => {
    const own: Box = { ...box, y: at, height };
    const [low = 0, high = 1] = extent(moments, value);
    const pad = Math.max(0.25, (high - low) * 0.08);
    const y = scaleLinear([low - pad, high + pad], [own.y + height, own.y]);
    const path =
      line<BoundMoment>(
        ({ epoch }) => x(epoch),
        (moment) => y(value(moment)),
      ).digits(1)(moments) ?? '';
    return (
      <g class="part">
        <Axis scale={y} side="left" at={box.x} label={label} theme={theme} ticks={3} grid={box.width} />
        <Now {...{ frame, box: own, x, theme }} />
        <path d={path} fill="none" stroke={colour} stroke-width={2} />
        <circle cx={x(now.epoch)} cy={y(value(now))} r={4} fill={colour} stroke={theme.background} />
      </g>
    );
  };
  return (
    <Panel box={box} title="Reconstruction above, KL below, over training" theme={theme}>
      {half(box.y, 'E[log p], nats', ({ reconstruction }) => reconstruction)}
      {half(box.y + height + GAP, 'KL, nats', ({ divergence }) => divergence)}
      <Axis scale={x} side="bottom" at={box.y + box.height} label="epoch" theme={theme} ticks={5} />
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}
