/** KL of each unit over training. */
import { extent, line, scaleLinear } from 'd3';
import type { VNode } from 'preact';
import { ACTIVE } from '../inspection/frames/latentUnits.ts';
import { runStyle } from './colours.ts';
import { epochs, Frame, Now, OneMoment, Panel, type InBox } from './latentUnitsPanel.tsx';
import { ofEachUnit } from './latentUnitsWords.ts';

/** Units whose KL has a line of its own: the largest. */
const MOST_LINES = 40;

export function OverTime({
  frame,
  order,
  marked,
  box,
  theme,
}: InBox & { readonly order: Int32Array; readonly marked: number | null }): VNode {
  const { moments, activity } = frame;
  const shown = [...order].slice(0, MOST_LINES);
  const x = scaleLinear(epochs(moments), [box.x, box.x + box.width]);
  const known = moments.flatMap(({ epoch, perUnit }) => (perUnit ? [{ epoch, perUnit }] : []));
  const values = known.flatMap(({ perUnit }) => shown.map((unit) => perUnit[unit]!));
  const [low = 0, high = 1] = extent(values);
  const y = scaleLinear([Math.min(0, low), Math.max(0.1, high) * 1.05], [box.y + box.height, box.y]);
  const path = (unit: number) =>
    line<(typeof known)[number]>(
      ({ epoch }) => x(epoch),
      ({ perUnit }) => y(perUnit[unit]!),
    ).digits(1)(known) ?? '';
  const { colour } = runStyle(theme.kind, 0);
  const title =
    shown.length < order.length
      ? `KL of the ${shown.length} largest units, over training`
      : `${ofEachUnit(frame)}, over training`;
  return (
    <Panel box={box} title={title} theme={theme}>
      <Frame {...{ box, x, y, theme }} yLabel="KL, nats" xLabel="epoch" />
      <Now {...{ frame, box, x, theme }} />
      <g fill="none" class="histories">
        {shown.map((unit) => (
          <path
            d={path(unit)}
            stroke={unit === marked ? theme.accent : activity[unit]! > ACTIVE ? colour : theme.muted}
            stroke-width={unit === marked ? 3 : 1.5}
            stroke-dasharray={activity[unit]! > ACTIVE ? undefined : '3 3'}
            opacity={unit === marked ? 1 : 0.75}
            stroke-linecap="round"
          />
        ))}
      </g>
      {moments.length === 1 && <OneMoment box={box} theme={theme} />}
    </Panel>
  );
}
