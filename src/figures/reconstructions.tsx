/** Originals above their reconstructions, and samples from the prior below. */
import type { ReconstructionsFrame } from '../inspection/frames/reconstructions.ts';
import type { Box, Drawing } from './drawing.tsx';
import type { LegendItem } from './legend.tsx';
import { outlinePath, tileLegend, tileOf, tileRaster } from './rowTiles.ts';
import { sampleLegend } from './sampleGrid.tsx';
import { textSize, type Theme } from './theme.ts';

export interface ReconstructionsFigure {
  readonly drawing: Drawing;
  readonly legend: readonly LegendItem[];
  /** Rows across. */
  readonly columns: number;
  /** Index of the row under a point, px, and which of the three it is drawn as. */
  readonly at: (x: number, y: number) => Pointed | null;
  /** Everywhere that belongs to it: an original and its reconstruction go together. */
  readonly boxesOf: (pointed: Pointed) => readonly Box[];
}

export interface Pointed {
  readonly kind: 'row' | 'sample';
  readonly index: number;
}

const LEFT = 96;
const GAP = 4;
const LARGEST = 84;
/** Between one line and the next of its kind, and between kinds. */
const APART = 14;

export function reconstructionsFigure(frame: ReconstructionsFrame, width: number, theme: Theme): ReconstructionsFigure {
  const { originals, reconstructions, samples } = frame;
  const { size } = tileOf(originals);
  const largest = Math.max(...size);
  const scale = largest > LARGEST ? LARGEST / largest : Math.max(1, Math.min(24, Math.floor(LARGEST / largest)));
  const tile = { width: size[1] * scale, height: size[0] * scale };
  const columns = Math.max(1, Math.min(originals.rows, Math.floor((width - LEFT + GAP) / (tile.width + GAP))));
  const lines = Math.min(2, Math.ceil(originals.rows / columns));
  const shown = Math.min(originals.rows, lines * columns);
  const x = (index: number) => LEFT + (index % columns) * (tile.width + GAP);
  const lineOf = (index: number) => Math.floor(index / columns);
  const pair = 2 * tile.height + GAP + APART;
  const originalY = (index: number) => 2 + lineOf(index) * pair;
  const samplesTop = 2 + lines * pair + APART;
  const sampleY = (index: number) => samplesTop + lineOf(index) * (tile.height + GAP);
  const box = (index: number, y: number): Box => ({ x: x(index), y, width: tile.width, height: tile.height });
  const boxesOf = ({ kind, index }: Pointed) =>
    kind === 'sample'
      ? [box(index, sampleY(index))]
      : [box(index, originalY(index)), box(index, originalY(index) + tile.height + GAP)];
  const all = Array.from({ length: shown }, (_, index) => index);
  const rasters = [
    ...all.flatMap((index) => [
      tileRaster(originals, index, box(index, originalY(index))),
      tileRaster(reconstructions, index, box(index, originalY(index) + tile.height + GAP)),
    ]),
    ...all.map((index) => tileRaster(samples, index, box(index, sampleY(index)))),
  ];
  const inside = ({ x, y, width, height }: Box, px: number, py: number) =>
    px >= x && px < x + width && py >= y && py < y + height;
  const label = (text: string, y: number) => (
    <text x={0} y={y + tile.height / 2} dominant-baseline="central">
      {text}
    </text>
  );
  return {
    columns,
    at(px, py) {
      for (const kind of ['row', 'sample'] as const) {
        const found = all.find((index) => boxesOf({ kind, index }).some((own) => inside(own, px, py)));
        if (found !== undefined) return { kind, index: found };
      }
      return null;
    },
    boxesOf,
    legend: [
      ...sampleLegend(originals),
      ...[tileLegend(originals)].flatMap((text) => (text === null ? [] : [{ mark: 'outline' as const, label: text }])),
    ],
    drawing: {
      width: Math.max(LEFT + columns * (tile.width + GAP), 200),
      height: samplesTop + lines * (tile.height + GAP) + 2,
      rasters,
      marks: (
        <>
          <path d={outlinePath(rasters)} fill="none" stroke={theme.rule} />
          <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
            {Array.from({ length: lines }, (_, line) => (
              <>
                {label('original', 2 + line * pair)}
                {label('reconstruction', 2 + line * pair + tile.height + GAP)}
              </>
            ))}
            {label('sample', samplesTop)}
          </g>
        </>
      ),
    },
  };
}
