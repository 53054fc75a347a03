/** Rows led back from the base: their picture, and their numbers as a table. */
import type { VNode } from 'preact';
import type { DecodedFigure } from '../../src/figures/decoded.tsx';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { sampleCells } from '../../src/figures/sampleWords.ts';
import type { SamplesFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { CanvasLayer } from './canvasLayer.tsx';
import type { Table, ViewProps } from './view.ts';

export function DecodedRows({
  page,
  figure: { drawing },
  label,
}: {
  readonly page: ViewProps;
  readonly figure: DecodedFigure;
  readonly label: string;
}): VNode {
  const { theme } = page.model;
  return (
    <div
      class="matrix decoded"
      role="img"
      aria-label={label}
      style={{ width: `${drawing.width}px`, height: `${drawing.height}px` }}
    >
      <CanvasLayer width={drawing.width} height={drawing.height} rasters={drawing.rasters} theme={theme} />
      <svg width={drawing.width} height={drawing.height} aria-hidden="true">
        <DrawingMarks drawing={{ ...drawing, rasters: [] }} theme={theme} encode={canvasDataUri} />
      </svg>
    </div>
  );
}

/** One line a row: what is known of it, then its variables. */
export function decodedTable(
  decoded: SamplesFrame,
  known: readonly { readonly name: string; readonly values: ArrayLike<number> }[],
): Table {
  const cells = sampleCells(decoded, 'draws');
  return {
    columns: [
      'Row',
      ...known.map(({ name }) => name),
      ...Array.from({ length: decoded.dimension }, (_, d) => `x${d + 1}`),
    ],
    rows: Array.from({ length: decoded.rows }, (_, row) => [
      row + 1,
      ...known.map(({ values }) => (Number.isFinite(values[row]) ? values[row]! : null)),
      ...cells(row),
    ]),
  };
}
