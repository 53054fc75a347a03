/** The same draws from the base at any temperature, led back to x. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { heatFigure } from '../../src/figures/decoded.tsx';
import { heatReading } from '../../src/figures/latentWords.ts';
import { formatFixed } from '../../src/figures/text.ts';
import type { HeatFrame } from '../../src/inspection/frames.ts';
import { Range } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import { DecodedRows, decodedTable } from './decodedRows.tsx';
import type { ViewProps } from './view.ts';

const HOTTEST = 1.5;
const STEP = 0.05;

export function HeatSection({ page, frame }: { readonly page: ViewProps; readonly frame: HeatFrame }): VNode {
  const { model, width } = page;
  const { theme } = model;
  const figure = useMemo(() => heatFigure(frame, width, theme), [frame, width, theme]);
  const reading = useMemo(() => heatReading(frame), [frame]);
  const temperature = model.options.heat?.temperature ?? frame.temperature;
  return (
    <FigureFrame
      page={page}
      title="Draws at a temperature"
      reading={reading}
      topic="latent"
      name="latent-draws"
      note={temperature === frame.temperature ? frameNote(frame, model) : 'Leading the draws back …'}
      legend={figure.legend}
      toolsActOnTable
      tools={
        <Range
          label="Temperature"
          value={temperature}
          min={0}
          max={HOTTEST}
          step={STEP}
          text={formatFixed(temperature)}
          // Of the slider's own numbers, so that the same place is the same choice.
          onInput={(value) => page.chooseOptions('heat', { temperature: (Math.round(value / STEP) * 5) / 100 })}
        />
      }
      figure={(concrete, wide) => ({
        title: `Draws at temperature ${formatFixed(frame.temperature)}: ${model.experiment}`,
        reading,
        ...heatFigure(frame, wide, concrete),
      })}
      table={() => decodedTable(frame.decoded, [])}
      json={() => frame}
    >
      <DecodedRows page={page} figure={figure} label={reading} />
    </FigureFrame>
  );
}
