/** Texts that a model has written: by hand, growing as they come, or those of the epoch. */
import type { VNode } from 'preact';
import { epochTextsWords, textsOf, writtenWords } from '../../src/figures/textSamples.ts';
import { writtenTextDrawing, type ShownText } from '../../src/figures/writtenText.tsx';
import { Segments } from '../controls.tsx';
import { drawingText } from '../drawingWords.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { frameNote } from '../words.ts';
import type { ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './latent.css';

export function TextSamples({ page }: { readonly page: ViewProps }): VNode {
  const { model, saved } = page;
  const { drawing, written } = model;
  const frame = model.frames.samples;
  const [wished, setSource] = saved<'epoch' | 'hand'>('source', 'hand');
  const byHand = drawing?.writing ?? written;
  const source = byHand && (wished === 'hand' || drawing || !frame) ? 'hand' : 'epoch';
  if (source === 'epoch' && !frame) return <Waiting page={page} kind="samples" what="texts" />;
  const epoch = frame ? textsOf(frame, model.run?.manifest.characters ?? []) : [];
  const texts: readonly ShownText[] = source === 'hand' ? [byHand!] : epoch.map((text) => ({ prime: '', text }));
  const reading = source === 'epoch' ? epochTextsWords(epoch) : drawing ? drawingText(drawing) : writtenWords(written!);
  return (
    <FigureFrame
      page={page}
      title={source === 'epoch' ? 'Texts of the epoch' : drawing ? 'A text being written' : 'Text'}
      reading={reading}
      topic="samples"
      name="text"
      note={source === 'epoch' ? frameNote(frame!, model) : drawing ? '' : `step ${written!.step.toLocaleString('en')}`}
      toolsActOnTable
      tools={
        byHand &&
        frame &&
        !drawing && (
          <Segments
            label="Which samples"
            value={source}
            options={[
              { value: 'epoch', label: 'Of the epoch' },
              { value: 'hand', label: 'Written by hand' },
            ]}
            onChange={setSource}
          />
        )
      }
      figure={(theme, width) => ({
        title: `Text: ${model.experiment}`,
        reading,
        drawing: writtenTextDrawing(texts, width, theme),
        legend: [],
      })}
      table={() => ({
        columns: ['Text', 'Given', 'Written'],
        rows: texts.map(({ prime, text }, i) => [i + 1, prime, text]),
      })}
    >
      <div class="written-texts" tabIndex={0} role="group" aria-label={`Text. ${reading}`}>
        {texts.map(({ prime, text }, i) => (
          <pre key={i}>
            <span class="given">{prime}</span>
            {text}
          </pre>
        ))}
      </div>
    </FigureFrame>
  );
}
