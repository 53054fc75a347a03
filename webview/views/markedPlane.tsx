/** A plane of variables with marks at the one that is pointed at and the one that is pinned, and what they say below. */
import type { VNode } from 'preact';
import { type EntropyFigure, EntropyMark } from '../../src/figures/entropy.tsx';
import { movedIn } from './movedIn.ts';
import { VariablePlane } from './variablePlane.tsx';
import type { ViewProps } from './view.ts';

interface Given {
  readonly page: ViewProps;
  readonly figure: EntropyFigure;
  readonly dimension: number;
  /** Places of the figure, if they are not the variables. */
  readonly places?: number;
  readonly description: string;
  readonly label: string;
  /** The place that is pointed at. */
  readonly at: number | null;
  readonly pointAt: (place: number | null) => void;
  readonly onMove: () => void;
  readonly pinned: number | null;
  readonly variableOf?: (place: number) => number | null;
  readonly say: (place: number) => string;
  /** What to do, said while nothing is pointed at or pinned. */
  readonly invitation: string;
}

export function MarkedPlane(given: Given): VNode {
  const { page, figure, dimension, places = dimension, at, pinned, say } = given;
  const { theme } = page.model;
  return (
    <>
      <VariablePlane
        {...{ page, at, dimension, say }}
        drawing={figure.drawing}
        role="group"
        description={given.description}
        label={given.label}
        onMove={given.onMove}
        onPoint={given.pointAt}
        locate={figure.variableAt}
        next={(key) => movedIn(figure, key, at ?? pinned, places)}
        variableOf={given.variableOf ?? ((variable) => variable)}
        marks={
          <>
            {pinned !== null && <EntropyMark figure={figure} variable={pinned} theme={theme} pinned />}
            {at !== null && at !== pinned && <EntropyMark figure={figure} variable={at} theme={theme} />}
          </>
        }
      />
      <p class="readout" aria-hidden="true">
        {at !== null ? say(at) : pinned !== null ? `Pinned: ${say(pinned)}` : given.invitation}
      </p>
    </>
  );
}
