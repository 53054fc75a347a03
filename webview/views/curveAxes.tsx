/** What the axes of learning curves may be, chosen alike for one run and for several. */
import type { VNode } from 'preact';
import { axisMissing, xAxes, type XAxis } from '../../src/figures/series.ts';
import type { PageModel } from './view.ts';
import { Checkbox, Segments } from '../controls.tsx';

type Metrics = PageModel['metrics'];

const axisNames: Readonly<Record<XAxis, string>> = { epoch: 'Epoch', step: 'Step', rows: 'Samples', time: 'Time' };

/** Why not every run has the axis; null where all have it. @param runs metrics of each. */
function missingIn(axis: XAxis, runs: readonly Metrics[]): string | null {
  return runs.map((metrics) => axisMissing(axis, metrics)).find((reason) => reason !== null) ?? null;
}

/** The axis that was chosen, or epochs where a run lacks it. */
export function axisShown(wished: XAxis, runs: readonly Metrics[]): XAxis {
  return missingIn(wished, runs) === null ? wished : 'epoch';
}

export function AxisChoice({
  axis,
  runs,
  onChange,
}: {
  readonly axis: XAxis;
  /** Metrics of each run that is drawn. */
  readonly runs: readonly Metrics[];
  readonly onChange: (axis: XAxis) => void;
}): VNode {
  return (
    <Segments
      label="Horizontal axis"
      value={axis}
      options={xAxes.map((value) => {
        const missing = missingIn(value, runs);
        const title = value === 'rows' ? 'Training samples evaluated: rows, each as often as it was seen' : undefined;
        return {
          value,
          label: axisNames[value],
          disabled: missing !== null,
          title: missing === null ? title : `Not to be had: ${missing}`,
        };
      })}
      onChange={onChange}
    />
  );
}

export function LogChoice({
  label,
  value,
  legal,
  onChange,
}: {
  readonly label: string;
  readonly value: boolean;
  readonly legal: boolean;
  readonly onChange: (value: boolean) => void;
}): VNode {
  return (
    <Checkbox
      checked={value && legal}
      disabled={!legal}
      onChange={onChange}
      {...(!legal && { title: 'Not every value is positive: a logarithmic axis cannot show them' })}
    >
      {label}
    </Checkbox>
  );
}
