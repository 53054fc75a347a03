/** The plane of transport at one moment. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { TransportFigure } from '../../src/figures/transport.tsx';
import { placesAt } from '../../src/figures/transportStages.ts';
import { rowText, stageTitle } from '../../src/figures/transportWords.ts';
import type { TransportFrame } from '../../src/inspection/frames.ts';
import { PointPlane, type PointPlaneProps } from './pointPlane.tsx';
import type { ViewProps } from './view.ts';

export function TransportPlane({
  page,
  frame,
  figure,
  at,
  ...points
}: {
  readonly page: ViewProps;
  readonly frame: TransportFrame;
  readonly figure: TransportFigure;
  readonly at: number;
} & Pick<PointPlaneProps, 'pointed' | 'held' | 'onPoint' | 'onHold'>): VNode {
  const stands = useMemo(() => {
    const places = placesAt(frame.points, frame, at);
    return Array.from({ length: frame.rows }, (_, row) => figure.place(places[2 * row]!, places[2 * row + 1]!));
  }, [frame, figure, at]);
  return (
    <PointPlane
      {...points}
      drawing={figure.drawing}
      theme={page.model.theme}
      plot={figure.plot}
      stands={stands}
      kind="plane of rows"
      label={`${stageTitle(frame, at)}. ${frame.rows} rows; arrow keys read the one beside, Enter holds it, Page Up and Down go from stage to stage.`}
      onRead={(row) => {
        points.onPoint(row);
        page.announce(rowText(frame, row));
      }}
    />
  );
}
