/** How many latent units are active, over training. */
import { line, curveStepAfter, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import type { BoundMoment } from '../inspection/frames/latentUnits.ts';
import { Axis } from './axis.tsx';
import { runStyle } from './colours.ts';
import { epochs, Now, OneMoment, Panel, shownMoment, type InBox } from './latentUnitsPanel.tsx';

export function Active({ frame, box, theme }: InBox): VNode {
  const { moments, latent } = frame;
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const y = scaleLinear([0, latent * 1.05], [box.y + box.height, box.y]);
  const { colour } = runStyle(theme.kind, 0);
  const path =
    line<BoundMoment>(
      ({ epoch }) => x(epoch),
      ({ active }) => y(active),
    )
      .curve(curveStepAfter)
      .digits(1)(moments) ?? '';
  const now = shownMoment(frame);
  // Units are counted: no tick between two of them.
  const ticks = Math.min(5, latent);
  return (
    <Panel box={box} title={`Active units of ${latent}, over training`} theme={theme}>
      <Axis scale={y} side="left" at={box.x} label="units" theme={theme} ticks={ticks} grid={box.width} />
      <Axis scale={x} side="bottom" at={box.y + box.height} label="epoch" theme={theme} ticks={5} />
      <Now {...{ frame, box, x, theme }} />
      <path d={path} fill="none" stroke={colour} stroke-width={2} class="active" />
      <circle cx={x(now.epoch)} cy={y(now.active)} r={4.5} fill={colour} stroke={theme.background} />
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}
