/** u of the data beside the base: one coordinate chosen, all of them as small pictures that lead to it. */
import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { DrawingMarks } from '../../src/figures/drawing.tsx';
import { latentFigure, type LatentFigure } from '../../src/figures/latent.tsx';
import { byMisfit, coordinateText, latentName, latentReading } from '../../src/figures/latentWords.ts';
import { plural } from '../../src/figures/text.ts';
import type { LatentFrame } from '../../src/inspection/frames.ts';
import { canvasDataUri } from '../export.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { NumberChooser } from './numberChooser.tsx';
import type { Table, ViewProps } from './view.ts';

export function LatentSection({ page, newest }: { readonly page: ViewProps; readonly newest: LatentFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const calm = useCalm(newest);
  const frame = calm.value;
  const [chosen, choose] = saved<number | null>('coordinate', null);
  // Until one is chosen, the one that was furthest off at first stays: another every moment could not be looked at.
  const [first] = useState(() => byMisfit(newest)[0] ?? 0);
  const coordinate = Math.min(frame.dimension - 1, chosen ?? first);
  const order = useOrder(frame);
  const figure = useMemo(
    () => latentFigure({ frame, coordinate, order: order.current, width, theme }),
    [frame, coordinate, order.current, width, theme],
  );
  const reading = useMemo(() => latentReading(frame), [frame]);
  const { drawing, pictured } = figure;
  const turnTo = (next: number) => {
    choose(next);
    page.announce(coordinateText(frame, next));
  };
  return (
    <FigureFrame
      page={page}
      title="Latent traffic"
      reading={reading}
      topic="latent"
      name="latent"
      note={`${frameNote(frame, model)} · ${plural(frame.rows, `${frame.split} row`)} of ${frame.allRows.toLocaleString('en')}`}
      legend={figure.legend}
      tools={
        frame.dimension > 1 && (
          <NumberChooser label="Coordinate of u" value={coordinate} count={frame.dimension} onChoose={turnTo} />
        )
      }
      toolsActOnTable
      figure={(own, wide) => {
        const now = latentFigure({ frame, coordinate, order: byMisfit(frame), width: wide, theme: own });
        return { title: `Latent traffic: ${model.experiment}`, reading, drawing: now.drawing, legend: now.legend };
      }}
      table={() => latentTable(frame)}
      json={() => frame}
    >
      <div
        class="graph"
        style={{ position: 'relative', width: `${drawing.width}px`, height: `${drawing.height}px` }}
        role="group"
        aria-label={`Latent traffic. ${reading}`}
        {...(pictured.length > 0 && {
          tabIndex: 0,
          'aria-roledescription': 'chart of coordinates',
          onPointerMove: () => calm.moved(),
          onPointerEnter: () => order.hold(true),
          onPointerLeave: () => order.hold(false),
          onFocus: () => order.hold(true),
          onBlur: () => order.hold(false),
          onClick: (event: MouseEvent) => {
            const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
            const next = coordinateAt(figure, event.clientX - box.left, event.clientY - box.top);
            if (next !== null) turnTo(next);
          },
          onKeyDown: (event: KeyboardEvent) => {
            const next = moved(event.key, figure, coordinate);
            if (next === null) return;
            turnTo(next);
            event.preventDefault();
          },
        })}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          <DrawingMarks drawing={drawing} theme={theme} encode={canvasDataUri} />
        </svg>
      </div>
      <p class="readout" aria-hidden="true">
        {coordinateText(frame, coordinate)}
      </p>
    </FigureFrame>
  );
}

/** By misfit, and as it was while somebody points at one of the pictures: none moves away under the pointer. */
function useOrder(frame: LatentFrame): { readonly current: Int32Array; hold(still: boolean): void } {
  const held = useRef(false);
  const known = useRef<Int32Array | null>(null);
  const sorted = useMemo(() => byMisfit(frame), [frame]);
  if (!held.current || known.current?.length !== sorted.length) {
    if (String(known.current) !== String(sorted)) known.current = sorted;
  }
  return {
    current: known.current ?? sorted,
    hold: (still) => {
      held.current = still;
    },
  };
}

function coordinateAt(figure: LatentFigure, px: number, py: number): number | null {
  const found = figure.pictured.findIndex((_, index) => {
    const { x, y, width, height } = figure.boxOf(index);
    return px >= x - 4 && px <= x + width + 4 && py >= y && py <= y + height;
  });
  return found < 0 ? null : figure.pictured[found]!;
}

/** The coordinate whose picture a key leads to, or null where it leads nowhere. */
function moved(key: string, { pictured, columns }: LatentFigure, coordinate: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined) return null;
  const to = Math.min(pictured.length - 1, Math.max(0, pictured.indexOf(coordinate) + step));
  return pictured[to] ?? null;
}

/** One line a coordinate, the furthest off first. */
function latentTable(frame: LatentFrame): Table {
  const { base, distance, mean, variance, probabilities, quantiles, baseQuantiles } = frame;
  const count = probabilities.length;
  const at = [0.01, 0.25, 0.5, 0.75, 0.99].map((p) => probabilities.findIndex((own) => Math.abs(own - p) < 1e-6));
  const ofBase = (all: Float32Array, d: number) => all[all.length === 1 ? 0 : d]!;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    columns: [
      'Coordinate',
      'Kolmogorov–Smirnov distance',
      'Mean',
      'Mean of the base',
      'Variance',
      'Variance of the base',
      ...at.flatMap((q) => {
        const p = `${Math.round(100 * probabilities[q]!)} %`;
        return [`Quantile at ${p}`, `of the base at ${p}`];
      }),
    ],
    rows: Array.from(byMisfit(frame), (d) => [
      latentName(d),
      finite(distance[d]!),
      finite(mean[d]!),
      ofBase(base.mean, d),
      finite(variance[d]!),
      ofBase(base.variance, d),
      ...at.flatMap((q) => [
        finite(quantiles[d * count + q]!),
        finite(baseQuantiles[(baseQuantiles.length === count ? 0 : d * count) + q]!),
      ]),
    ]),
  };
}
