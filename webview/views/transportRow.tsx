/** What the layers make of one row, or of all of them on average: stage by stage, in a table that keeps its size. */
import type { VNode } from 'preact';
import { formatFixed, formatValue } from '../../src/figures/text.ts';
import { logDetOf, logProbs, meanLogDet, meanPlace, placeOf, pointText } from '../../src/figures/transportWords.ts';
import type { TransportFrame } from '../../src/inspection/frames.ts';
import { subscript } from '../../src/text/notation.ts';

const signed = (value: number) => `${value > 0 ? '+' : ''}${formatFixed(value, 3)}`;

/** @param row index into the frame's rows; null for their mean @param at the stage that is marked */
export function TransportRow({
  frame,
  row,
  at,
  onStage,
}: {
  readonly frame: TransportFrame;
  readonly row: number | null;
  readonly at: number;
  readonly onStage: (stage: number) => void;
}): VNode {
  const { layers, split } = frame;
  const last = layers.length;
  const logProb = logProbs(frame);
  const title =
    row === null
      ? `Mean over ${frame.rows} rows`
      : `${split === 'train' ? 'Train' : 'Validation'} row ${frame.row[row]! + 1}`;
  const where = (stage: number) => pointText(...(row === null ? meanPlace(frame, stage) : placeOf(frame, row, stage)));
  const change = (layer: number) => (row === null ? meanLogDet(frame, layer) : logDetOf(frame, layer)[row]!);
  const here = Math.round(at);
  return (
    <div class="stages" aria-live="off">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col">Place</th>
            <th scope="col">log|det|, nats</th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: last + 1 }, (_, stage) => (
            <tr
              key={stage}
              class={stage === here ? 'here' : undefined}
              aria-current={stage === here ? 'step' : undefined}
            >
              <th scope="row">
                <button type="button" class="link" tabIndex={-1} onClick={() => onStage(stage)}>
                  {stage === 0 ? 'x' : `${stage === last ? 'u' : `y${subscript(stage)}`}: ${layers[stage - 1]!.title}`}
                </button>
              </th>
              <td class="number">{where(stage)}</td>
              <td class="number">{stage === 0 ? '' : signed(change(stage - 1))}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">log p(u) in the base</th>
            <td />
            <td class="number">{row === null ? meanText(frame.logBase) : formatFixed(frame.logBase[row]!, 3)}</td>
          </tr>
          <tr>
            <th scope="row">log p(x)</th>
            <td />
            <td class="number">{row === null ? meanText(logProb) : formatFixed(logProb[row]!, 3)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function meanText(values: Float32Array): string {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return formatValue(NaN);
  return formatFixed(known.reduce((sum, value) => sum + value, 0) / known.length, 3);
}
