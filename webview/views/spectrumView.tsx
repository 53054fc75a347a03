/** The scaling spectrum: how much the data vary along each coordinate that a flow leads to. */
import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { rankOfVariable, spectrumFigure, SpectrumMark } from '../../src/figures/spectrum.tsx';
import { rankText, sharesOf, sortedSpectrum, spectrumReading } from '../../src/figures/spectrumWords.ts';
import { inputName } from '../../src/figures/text.ts';
import type { Theme } from '../../src/figures/theme.ts';
import type { SpectrumFrame } from '../../src/inspection/frames.ts';
import { Checkbox } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { useCalm } from './calm.ts';
import { pinnedVariable } from './entropyPinned.ts';
import type { Table, ViewProps } from './view.ts';
import { VariablePlane } from './variablePlane.tsx';
import { Waiting } from './waiting.tsx';

export function SpectrumView(page: ViewProps): VNode {
  const frame = page.model.frames.spectrum;
  if (!frame) return <Waiting page={page} kind="spectrum" what="scales" />;
  if (frame.reason !== null) {
    return (
      <section class="empty">
        <h2>No scaling spectrum</h2>
        <p>{spectrumReading(frame)}</p>
      </section>
    );
  }
  return <Shown page={page} newest={frame} />;
}

function Shown({ page, newest }: { readonly page: ViewProps; readonly newest: SpectrumFrame }): VNode {
  const { model, width, saved } = page;
  const { theme } = model;
  const [logY, setLogY] = saved('logY', true);
  const [at, pointAt] = useState<number | null>(null);
  const calm = useCalm(newest);
  const frame = calm.value;
  const height = Math.max(260, Math.min(440, page.height - 130));
  const draw = (own: Theme, wide: number) => spectrumFigure({ frame, logY, width: wide, height, theme: own });
  const figure = useMemo(() => draw(theme, width), [frame, logY, width, height, theme]);
  const reading = useMemo(() => spectrumReading(frame), [frame]);
  const { drawing, sorted } = figure;
  const variableOf = (rank: number) => frame.variables[sorted.places[rank]!]!;
  const pinned = pinnedVariable(model.selection, frame.dimension);
  const pinnedRank = pinned === null ? null : rankOfVariable(frame, sorted, pinned);
  const mark = (rank: number, isPinned: boolean) => (
    <SpectrumMark figure={figure} rank={rank} label={inputName(variableOf(rank))} theme={theme} pinned={isPinned} />
  );
  return (
    <FigureFrame
      page={page}
      title="Scaling spectrum"
      reading={reading}
      topic="spectrum"
      name="spectrum"
      note={frameNote(frame, model)}
      legend={figure.legend}
      tools={
        <Checkbox checked={logY && figure.logLegal} onChange={setLogY} disabled={!figure.logLegal}>
          Log y
        </Checkbox>
      }
      figure={(own, wide) => {
        const { drawing: whole, legend } = draw(own, wide);
        return { title: `Scaling spectrum: ${model.experiment}`, reading, drawing: whole, legend };
      }}
      table={() => spectrumTable(frame)}
      json={() => frame}
    >
      <VariablePlane
        {...{ page, drawing, at, variableOf }}
        dimension={frame.dimension}
        role="group"
        description="chart of sorted scales"
        label={`Scaling spectrum. ${reading}`}
        onMove={calm.moved}
        onPoint={pointAt}
        locate={figure.rankAt}
        next={(key) => moved(key, at ?? pinnedRank, frame.dimension)}
        say={(rank) => rankText(frame, rank)}
        marks={
          <>
            {pinnedRank !== null && mark(pinnedRank, true)}
            {at !== null && at !== pinnedRank && mark(at, false)}
          </>
        }
      />
      <p class="readout" aria-hidden="true">
        {at !== null
          ? rankText(frame, at)
          : pinnedRank !== null
            ? `Pinned: ${rankText(frame, pinnedRank)}`
            : `Point at a place${frame.image ? ' or a pixel' : ''}, or use the arrow keys, to read which variable it is; a click pins it in every view.`}
      </p>
    </FigureFrame>
  );
}

/** The rank that a key leads to, or null where it leads nowhere. */
function moved(key: string, at: number | null, dimension: number): number | null {
  const far = Math.max(1, Math.round(dimension / 20));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -far,
    PageDown: far,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[key];
  if (step === undefined) return null;
  return Math.min(dimension - 1, Math.max(0, (at ?? (step > 0 ? -1 : dimension)) + step));
}

function spectrumTable(frame: SpectrumFrame): Table {
  const { sigma, initial, variables, components } = frame;
  const { places, shares } = sortedSpectrum(frame);
  const theirs = components && sharesOf(components);
  return {
    columns: [
      'Rank',
      'Variable',
      'σ = 1/S',
      'σ before training',
      'Share of Σσ² up to here',
      ...(components ? ['Principal component, √λ', 'Share of its variance up to here'] : []),
    ],
    rows: Array.from(places, (place, rank) => [
      rank + 1,
      inputName(variables[place]!),
      sigma[place]!,
      initial[place]!,
      shares[rank]!,
      ...(components ? [components[rank]!, theirs![rank]!] : []),
    ]),
  };
}
