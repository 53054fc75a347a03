/** Total probability: the number, how few rows carry it, and the most probable rows beside the data. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { probabilityFigure, type ProbabilityFigure } from '../../src/figures/probability.tsx';
import { mostPath } from '../../src/figures/probabilityRows.tsx';
import { probabilityReading, totalSymbol } from '../../src/figures/probabilityWords.ts';
import { channelsOf, type ImageSize, placeIn, variableIn } from '../../src/figures/imageWords.ts';
import { formatValue, inputName } from '../../src/figures/text.ts';
import type { ProbabilityFrame, RowSum } from '../../src/inspection/frames.ts';
import { characterName } from '../../src/text/characters.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import { LabelChooser } from './labelChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { VariablePlane } from './variablePlane.tsx';
import { Waiting } from './waiting.tsx';

export function ProbabilityView(page: ViewProps): VNode {
  const frame = page.model.frames.probability;
  return frame ? (
    <Shown page={page} newest={frame} />
  ) : (
    <Waiting page={page} kind="probability" what="total probability" />
  );
}

/** One entry of a row that is shown. */
interface Place {
  readonly row: number;
  readonly variable: number;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: ProbabilityFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const [at, pointAt] = useState<Place | null>(null);
  const figure = useMemo(() => probabilityFigure({ frame, width, theme }), [frame, width, theme]);
  const reading = useMemo(() => probabilityReading(frame), [frame]);
  const pinned = pinnedVariable(model.selection, frame.dimension);
  const sum = frame.sum?.over === 'rows' ? frame.sum : null;
  const { drawing, most } = figure;
  const marked = [...(pinned === null ? [] : [pinned]), ...(at ? [at.variable] : [])];
  const interactive = sum !== null && most !== null && most.count > 0;
  const say = (place: Place) => placeText(frame, sum!, place);
  return (
    <FigureFrame
      page={page}
      title="Total probability"
      reading={reading}
      topic="probability"
      name="probability"
      note={frameNote(frame, model)}
      legend={figure.legend}
      tools={
        frame.sum?.label && (
          <LabelChooser
            {...{ page, kind: 'probability', shown: frame.sum.label.index }}
            count={frame.sum.label.count}
            names={frame.sum.label.names}
          />
        )
      }
      figure={(own, wide) => {
        const { drawing: whole, legend } = probabilityFigure({ frame, width: wide, theme: own });
        return { title: `Total probability: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      table={() => probabilityTable(frame)}
      json={() => frame}
    >
      <VariablePlane
        {...{ page, drawing, at }}
        dimension={frame.dimension}
        role="group"
        description="card with the most probable rows"
        label={`Total probability. ${reading}`}
        onMove={calm.moved}
        onPoint={pointAt}
        locate={(x, y) => placeAt(figure, x, y)}
        next={(key) => most && moved(key, at, most.tile, most.count)}
        variableOf={({ variable }) => variable}
        say={say}
        still={!interactive}
        marks={most && <path d={mostPath(most, marked)} fill="none" stroke={theme.accent} stroke-width={1.5} />}
      />
      {interactive && (
        <p class="readout" aria-hidden="true">
          {at
            ? say(at)
            : pinned === null
              ? 'Point at a row to read it; a click pins its variable in every view.'
              : `${inputName(pinned)} is pinned: outlined in every row.`}
        </p>
      )}
    </FigureFrame>
  );
}

function placeAt({ most }: ProbabilityFigure, x: number, y: number): Place | null {
  if (!most) return null;
  const row = Math.floor((y - most.top) / most.pitch);
  const column = Math.floor((x - most.left) / most.cell.x);
  const line = Math.floor((y - most.top - row * most.pitch) / most.cell.y);
  const inside = row >= 0 && row < most.count && column >= 0 && column < most.tile[1] && line < most.tile[0];
  return inside ? { row, variable: variableIn(most.tile, { row: line, column, channel: 0 }) } : null;
}

/** Arrow keys go from entry to entry, Page Up and Down from row to row. */
function moved(key: string, at: Place | null, tile: ImageSize, count: number): Place | null {
  const [height, width] = tile;
  const { row, variable } = at ?? { row: 0, variable: 0 };
  const place = placeIn(tile, variable);
  const clamp = (value: number, end: number) => Math.min(end - 1, Math.max(0, value));
  const to = (dx: number, dy: number) => ({
    row,
    variable: variableIn(tile, {
      ...place,
      row: clamp(place.row + dy, height),
      column: clamp(place.column + dx, width),
    }),
  });
  const rows = (by: number) => ({ row: clamp(row + by, count), variable });
  switch (key) {
    case 'ArrowLeft':
      return to(-1, 0);
    case 'ArrowRight':
      return to(1, 0);
    case 'ArrowUp':
      return height > 1 ? to(0, -1) : rows(-1);
    case 'ArrowDown':
      return height > 1 ? to(0, 1) : rows(1);
    case 'PageUp':
      return rows(-1);
    case 'PageDown':
      return rows(1);
    case 'Home':
      return { row: 0, variable: 0 };
    case 'End':
      return { row: count - 1, variable: height * width * channelsOf(tile) - 1 };
    default:
      return null;
  }
}

function placeText(frame: ProbabilityFrame, { most }: RowSum, { row, variable }: Place): string {
  const value = most.values[row * frame.dimension + variable]!;
  const what = frame.quantity.kind === 'exact' ? 'p' : totalSymbol(frame).replace('Σ ', '');
  const frequency = most.frequency ? `, ${formatValue(most.frequency[row]!)} of the training rows` : '';
  return `Row ${row + 1} of ${most.probability.length}: ${what} = ${formatValue(most.probability[row]!)}${frequency}; ${valueText(frame, variable, value)}.`;
}

/** "x₃ = 1"; of a text "character 3 is “e”". */
function valueText({ characters }: ProbabilityFrame, variable: number, value: number): string {
  if (!characters) return `${inputName(variable)} = ${value}`;
  return `character ${variable + 1} is ${characterName(characters[value] ?? '')}`;
}

/** The sums, then the rows that are shown. */
function probabilityTable(frame: ProbabilityFrame): Table {
  const { sum } = frame;
  const columns = ['What', 'Value', 'Share of the training rows'];
  if (!sum) return { columns, rows: [] };
  const facts: (string | number | null)[][] = [
    [totalSymbol(frame), sum.total, null],
    ...(sum.perMask.length > 1
      ? sum.perMask.map(({ mask, total }) => [`${totalSymbol(frame)}, mask ${mask + 1}`, total, null])
      : []),
    ...(sum.entropy === null ? [] : [['entropy, nats', sum.entropy, null]]),
  ];
  if (sum.over === 'grid') {
    return { columns, rows: [...facts, ['error of the grid', sum.error, null], ['edge, of the peak', sum.edge, null]] };
  }
  if (sum.data) {
    facts.push(['rows that carry half of it', sum.half, null]);
    facts.push(
      ['KL(data ‖ model), nats', sum.data.kl, null],
      ['of rows that occur in the data', sum.data.covered, null],
    );
  }
  const { values, probability, frequency } = sum.most;
  const { dimension } = frame;
  const { characters } = frame;
  const rows = Array.from(probability, (p, i) => [
    characters
      ? Array.from(values.subarray(i * dimension, (i + 1) * dimension), (value) => characters[value] ?? '').join('')
      : Array.from(values.subarray(i * dimension, (i + 1) * dimension)).join(sum.levels > 10 ? ' ' : ''),
    p,
    frequency?.[i] ?? null,
  ]);
  return { columns, rows: [...facts, ...rows] };
}
