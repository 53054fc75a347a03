/** Means of the posteriors of rows as marks of their classes, with the names of these. */
import type { VNode } from 'preact';
import type { PosteriorsFrame } from '../inspection/frames/posteriors.ts';
import type { NumericScale } from './axis.tsx';
import type { Box } from './drawing.tsx';
import { type LabelMark, labelMark, markPath, MOST_MARKS } from './labelMarks.ts';
import { LabelNames } from './labelNames.tsx';
import type { LegendItem } from './legend.tsx';
import { plural } from './text.ts';
import type { Theme } from './theme.ts';

type Labels = NonNullable<PosteriorsFrame['labels']>;

/** Stands for every class without a mark of its own. */
const OTHERS = -1;

/** The class of a row as it is drawn: of more classes than there are marks the most frequent have one, the others share one. */
function drawnClasses({ count, frequent }: Labels): ReadonlySet<number> {
  if (count <= MOST_MARKS) return new Set(Array.from({ length: count }, (_, label) => label));
  return new Set([...frequent].slice(0, MOST_MARKS - 1).sort((a, b) => a - b));
}

const className = (labels: Labels, label: number): string => labels.names?.[label] ?? String(label);

/** Marks by class, in the order of the legend. */
function marksOf(labels: Labels | null, theme: Theme): ReadonlyMap<number, LabelMark> {
  if (labels === null) return new Map([[OTHERS, labelMark(theme.kind, 0)]]);
  const drawn = drawnClasses(labels);
  const marks = new Map([...drawn].map((label, i): [number, LabelMark] => [label, labelMark(theme.kind, i)]));
  return drawn.size < labels.count ? marks.set(OTHERS, { colour: theme.muted, shape: 'dot' }) : marks;
}

export function Points({
  frame,
  x,
  y,
  finite,
  within,
  theme,
}: {
  readonly frame: PosteriorsFrame;
  /** Scale and value of every row along each axis. */
  readonly x: readonly [NumericScale, Float32Array];
  readonly y: readonly [NumericScale, Float32Array];
  readonly finite: (i: number) => boolean;
  readonly within: Box;
  readonly theme: Theme;
}): VNode {
  const { labels } = frame;
  const marks = marksOf(labels, theme);
  const rows = new Map([...marks.keys()].map((label): [number, number[]] => [label, []]));
  for (let i = 0; i < frame.rows; i++) {
    if (finite(i)) (rows.get(labels?.of[i] ?? OTHERS) ?? rows.get(OTHERS))?.push(i);
  }
  const places = [...rows].map(([label, all]) => ({
    label,
    x: all.map((i) => x[0](x[1][i]!)),
    y: all.map((i) => y[0](y[1][i]!)),
  }));
  return (
    <>
      <g fill="none" stroke-linecap="round" class="points">
        {places.map(({ label, ...at }) => {
          const { colour, shape } = marks.get(label)!;
          if (at.x.length === 0) return null;
          const path = at.x.map((px, i) => markPath(shape, px, at.y[i]!)).join('');
          const wide = label === OTHERS && labels ? 3 : 4.5;
          return <path d={path} stroke={colour} stroke-width={shape === 'dot' ? wide : 1.5} opacity={0.85} />;
        })}
      </g>
      {labels && (
        <LabelNames
          classes={places
            .filter(({ label }) => label !== OTHERS)
            .map((one) => ({ ...one, name: className(labels, one.label) }))}
          within={within}
          theme={theme}
        />
      )}
    </>
  );
}

export function pointsLegend({ labels }: PosteriorsFrame, theme: Theme): LegendItem[] {
  return [...marksOf(labels, theme)].map(([label, { colour, shape }]): LegendItem => {
    if (labels === null) return { mark: 'dot', label: 'mean of a row’s posterior', colour };
    if (label === OTHERS) {
      const others = labels.count - drawnClasses(labels).size;
      return { mark: 'dot', label: `${plural(others, 'other class', 'other classes')}, less frequent`, colour };
    }
    const name = className(labels, label);
    return shape === 'cross'
      ? { mark: 'cross', label: name, colour }
      : { mark: 'dot', label: name, colour, hollow: shape === 'ring' };
  });
}
