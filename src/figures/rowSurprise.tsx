/** Where one image surprised a model: the image, and what each of its pixels costs beside what was expected. */
import type { RowSurpriseFrame } from '../inspection/frames/pixelRows.ts';
import type { ImageSize } from '../spec/imageShape.ts';
import type { RasterMark } from './drawing.tsx';
import type { EntropyFigure } from './entropy.tsx';
import { entropyImages } from './entropyImage.tsx';
import { tileRaster } from './rowTiles.ts';
import { sampleLegend } from './sampleGrid.tsx';
import { textSize, type Theme } from './theme.ts';

export interface RowSurpriseOptions {
  readonly frame: RowSurpriseFrame;
  readonly image: ImageSize;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
}

const GAP = 20;

/** The picture has the size of the maps beside it, so that a pixel is found in all of them. */
export function rowSurprise({ frame, image, width, height, theme }: RowSurpriseOptions): EntropyFigure {
  const { surprise, entropy, dimension } = frame;
  const none = new Float64Array(dimension).fill(NaN);
  const maps = (room: number) =>
    entropyImages(
      {
        ...{ arrangement: 'image', width: room, height, theme, of: 'row' },
        // What is drawn of a row is what is drawn of a mean over this one alone.
        frame: {
          ...frame,
          kind: 'entropy',
          ...{
            text: null,
            reason: null,
            rows: 1,
            marginal: none,
            error: null,
            nllError: 0,
            gap: 0,
            gapError: 0,
            complete: true,
          },
          surprise,
          entropy,
          nll: surprise.reduce((sum, own) => sum + own, 0),
        },
      },
      image,
    );
  // As wide as one of the maps will be, and a little more room than that for its title.
  const share = (image.length === 3 ? 4 : entropy ? 3 : 1) + 1;
  const left = Math.max(60, Math.floor((width - (share - 1) * GAP) / share)) + GAP;
  const figure = maps(Math.max(160, width - left));
  const [first] = figure.drawing.rasters;
  const box = { x: 0, y: first!.y, width: first!.width, height: first!.height };
  const shift = Math.min(left, Math.max(first!.width, 60) + GAP);
  const moved = (raster: RasterMark): RasterMark => ({ ...raster, x: raster.x + shift });
  const inPicture = (x: number, y: number) =>
    x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
  return {
    legend: [...figure.legend, ...sampleLegend(frame.picture)],
    drawing: {
      ...figure.drawing,
      width,
      rasters: [tileRaster(frame.picture, 0, box), ...figure.drawing.rasters.map(moved)],
      marks: (
        <>
          <g font-family={theme.font} font-size={textSize.label} fill={theme.foreground}>
            <text x={0} y={box.y - 7}>
              the row
            </text>
            <rect {...box} fill="none" stroke={theme.rule} />
          </g>
          <g transform={`translate(${shift},0)`}>{figure.drawing.marks}</g>
        </>
      ),
    },
    variableAt: (x, y) =>
      inPicture(x, y) ? figure.variableAt(x - box.x + first!.x, y) : figure.variableAt(x - shift, y),
    boxesOf: (variable) => {
      const own = figure.boxesOf(variable);
      const inFirst = own[0]!;
      return [{ ...inFirst, x: inFirst.x - first!.x }, ...own.map((one) => ({ ...one, x: one.x + shift }))];
    },
    moved: figure.moved,
  };
}
