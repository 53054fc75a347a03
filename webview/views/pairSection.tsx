/** One matrix of all pairs of outputs and inputs, with its sentence, its legend, its table and its files. */
import type { ComponentChildren, ComponentProps, VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Figure } from '../../src/figures/compose.tsx';
import type { Focus } from '../../src/figures/dependencies.ts';
import type { LegendItem } from '../../src/figures/legend.tsx';
import type { CellWindow, MatrixPanel } from '../../src/figures/matrix.tsx';
import type { UnitOrder } from '../../src/figures/nodeLayout.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { ZoomButtons } from './graph.tsx';
import { MatrixFigure, Told } from './matrixFigure.tsx';
import { lazily, pairTable, squareTable, type PairNames } from './pairTable.ts';
import type { Pointed } from './pointed.ts';
import type { ViewProps } from './view.ts';
import type { Zoom, ZoomControls } from './zoom.ts';

/** What the matrices of pairs share: zoomed together, pointed at together. */
export interface PairSectionProps {
  readonly page: ViewProps;
  readonly network: Connectivity;
  readonly pointed: Pointed;
  readonly pinned: Focus | null;
  readonly order: UnitOrder;
  readonly zoom: Zoom;
  readonly setZoom: (zoom: Zoom) => void;
  readonly keepZoom: (zoom: Zoom) => void;
  readonly size: { readonly width: number; readonly height: number };
}

/** What tells one matrix of pairs from another. */
export interface PairContent extends Pick<ComponentProps<typeof FigureFrame>, 'topic' | 'title' | 'note' | 'json'> {
  /** Names the matrix among those of the view, and its files. */
  readonly id: string;
  /** What the matrix is, for those who do not see it. */
  readonly label: string;
  readonly hint: string;
  readonly reading: string;
  /** Title of the picture as a file. */
  readonly exportTitle: string;
  /** Draws the cells of a window; keeps its identity while nothing else changes. */
  readonly draw: (window: CellWindow | null) => MatrixPanel;
  readonly legend: readonly LegendItem[];
  /** Without, the matrix is zoomed by the tools of another. */
  readonly tools?: boolean;
  /** Choosers before the tools that zoom. */
  readonly choosers?: ComponentChildren;
  /** The whole matrix in another theme. */
  readonly whole: (theme: Theme) => Pick<Figure, 'legend'> & { readonly panel: MatrixPanel };
  readonly sentence: (focus: Focus) => string | null;
  /** One entry; keeps its identity while the entries do. */
  readonly value: (output: number, input: number) => number | null;
  /** Heading of a column of entries. */
  readonly what: string;
  /** Heading of the outputs in a file of all entries, where it says how true they are. */
  readonly corner?: string;
  /** What outputs and inputs are called, where they are not a network's; keeps its identity. */
  readonly names?: PairNames;
}

export function PairSection(o: PairSectionProps & { readonly content: PairContent }): VNode {
  const { page, network, content } = o;
  const { id, reading, value, what, names } = content;
  const { dimension } = network;
  const controls = useRef<ZoomControls | null>(null);
  const table = useMemo(() => lazily(() => pairTable(dimension, value, what, names)), [dimension, value, what, names]);
  return (
    <FigureFrame
      page={page}
      topic={content.topic}
      name={id}
      title={content.title}
      reading={reading}
      {...(content.note === undefined ? {} : { note: content.note })}
      {...(content.json === undefined ? {} : { json: content.json })}
      legend={content.legend}
      {...(content.tools === false
        ? {}
        : {
            tools: (
              <>
                {content.choosers}
                <ZoomButtons controls={() => controls.current} fitted={null} />
              </>
            ),
          })}
      {...(content.choosers === undefined ? {} : { toolsActOnTable: true })}
      figure={(own) => {
        const { panel, legend } = content.whole(own);
        return { title: content.exportTitle, reading, drawing: panel.drawing, legend };
      }}
      table={table}
      series={() => squareTable(dimension, value, content.corner, names)}
    >
      <MatrixFigure
        id={id}
        label={content.label}
        draw={content.draw}
        network={network}
        theme={page.model.theme}
        pointed={o.pointed}
        pinned={o.pinned}
        onPin={(focus) => {
          page.select(focus, focus !== null);
        }}
        sentence={content.sentence}
        zoom={o.zoom}
        onZoom={o.setZoom}
        onZoomRest={o.keepZoom}
        controls={(own) => {
          controls.current = own;
        }}
      />
      <Told pointed={o.pointed} pinned={o.pinned} owners={[id]} sentence={content.sentence} hint={content.hint} />
    </FigureFrame>
  );
}
