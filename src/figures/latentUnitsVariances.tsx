/** How much each estimator of the bound varies over its noise. */
import { extent, line, scaleLinear, scaleLog } from 'd3';
import type { VNode } from 'preact';
import type { BoundMoment } from '../inspection/frames/latentUnits.ts';
import type { NumericScale } from './axis.tsx';
import { runStyle } from './colours.ts';
import { epochs, Frame, Now, OneMoment, Panel, type InBox } from './latentUnitsPanel.tsx';

export function Variances({ frame, box, theme }: InBox): VNode {
  const { moments } = frame;
  const all = moments.flatMap(({ varianceA, varianceB }) => [varianceA, varianceB ?? varianceA]);
  const above = all.filter((own) => own > 0 && Number.isFinite(own));
  const [low = 0.1, high = 1] = extent(above);
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const y: NumericScale = scaleLog([low / 1.5, high * 1.5], [box.y + box.height, box.y]);
  const lineOf = (value: (moment: BoundMoment) => number | null) => {
    const drawn = moments.filter((moment) => (value(moment) ?? 0) > 0);
    const path =
      line<BoundMoment>(
        ({ epoch }) => x(epoch),
        (moment) => y(value(moment)!),
      ).digits(1)(drawn) ?? '';
    const last = drawn.findLast(({ step }) => step <= frame.step);
    return { path, end: last && ([x(last.epoch), y(value(last)!)] as const) };
  };
  const lines = [
    { ...lineOf(({ varianceA }) => varianceA), ...runStyle(theme.kind, 1) },
    ...(frame.estimators.B
      ? [{ ...lineOf(({ varianceB }) => varianceB), ...runStyle(theme.kind, 0), dash: undefined }]
      : []),
  ];
  return (
    <Panel box={box} title="Variance of each estimator over its noise, one row" theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="variance, nats²" xLabel="epoch" />
      <Now {...{ frame, box, x, theme }} />
      {lines.map(({ path, end, colour, dash }) => (
        <g fill="none" stroke={colour} class="variance">
          <path d={path} stroke-width={2} stroke-dasharray={dash} />
          {end && <circle cx={end[0]} cy={end[1]} r={4} fill={colour} stroke={theme.background} />}
        </g>
      ))}
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}
