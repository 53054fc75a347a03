/** The product of the masks: how many paths join each input to each output. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { pathMatrix, triangleReport, type Focus } from '../../src/figures/dependencies.ts';
import { pathPixels, pathsFigure } from '../../src/figures/maskMatrix.tsx';
import { matrixAxes } from '../../src/figures/matrix.tsx';
import type { UnitOrder } from '../../src/figures/nodeLayout.ts';
import { pairSentence, pathsReading } from '../../src/figures/sentences.ts';
import type { MadeStructure } from '../../src/masks/degrees.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { ZoomButtons } from './graph.tsx';
import { MatrixFigure, Told } from './matrixFigure.tsx';
import type { Pointed } from './pointed.ts';
import { lazily, pairTable, squareTable } from './pairTable.ts';
import type { ViewProps } from './view.ts';
import type { Zoom, ZoomControls } from './zoom.ts';

/** What the two matrices of pairs share: zoomed together, pointed at together. */
export interface PairSectionProps {
  readonly page: ViewProps;
  readonly structure: MadeStructure;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly order: UnitOrder;
  readonly zoom: Zoom;
  readonly setZoom: (zoom: Zoom) => void;
  readonly keepZoom: (zoom: Zoom) => void;
  readonly size: { readonly width: number; readonly height: number };
}

export function PathsSection(o: PairSectionProps): VNode {
  const { page, structure, order, size } = o;
  const { theme } = page.model;
  const controls = useRef<ZoomControls | null>(null);
  const paths = useMemo(() => pathMatrix(structure), [structure]);
  const report = useMemo(() => triangleReport(paths, structure.order), [paths, structure]);
  const last = structure.hidden.length + 1;
  const draw = useMemo(() => {
    const pixels = pathPixels(paths, matrixAxes(structure, 0, last, order), structure.order, theme);
    return (window: Parameters<typeof pathsFigure>[0]['window']) =>
      pathsFigure({ structure, theme, order, size, paths, pixels, report, window: window ?? null }).panel;
  }, [paths, report, structure, last, order, theme, size.width, size.height]);
  const legend = useMemo(
    () => pathsFigure({ structure, theme, order, size, paths, report }).legend,
    [structure, theme, order, paths, report],
  );
  const count = (output: number, input: number) => paths[output * structure.order.length + input]!;
  const table = useMemo(() => lazily(() => pairTable(structure.order.length, count, 'paths')), [paths]);
  const sentence = (focus: Focus) =>
    focus.from?.layer === 0 && focus.unit.layer === last ? pairSentence(structure, focus.from, focus.unit) : null;
  return (
    <FigureFrame
      page={page}
      topic="lost-dependency"
      name="paths"
      title="Paths: the product of the masks"
      reading={pathsReading(report)}
      legend={legend}
      tools={<ZoomButtons controls={() => controls.current} fitted={null} />}
      figure={(own) => {
        const { panel, legend: items } = pathsFigure({ structure, theme: own, order, size, paths });
        return {
          title: 'Paths from inputs to outputs',
          reading: pathsReading(report),
          drawing: panel.drawing,
          legend: items,
        };
      }}
      table={table}
      series={() => squareTable(structure.order.length, count)}
    >
      <MatrixFigure
        id="paths"
        label={`Paths from ${structure.order.length} inputs to as many outputs`}
        draw={draw}
        structure={structure}
        theme={theme}
        pointed={o.pointed}
        pinned={o.pinned}
        onPin={(focus) => {
          page.select(focus, focus !== null);
        }}
        sentence={sentence}
        zoom={o.zoom}
        onZoom={o.setZoom}
        onZoomRest={o.keepZoom}
        controls={(own) => {
          controls.current = own;
        }}
      />
      <Told
        pointed={o.pointed}
        pinned={o.pinned}
        owners={['paths']}
        sentence={sentence}
        hint="Point at a pair: rows are outputs, columns inputs."
      />
    </FigureFrame>
  );
}
