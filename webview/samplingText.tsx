/** The form that has a model of text write one by hand: what it goes on from, how long, how boldly, from which seed. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { DrawingProgress } from '../src/protocol/drawing.ts';
import { MOST_PRIME } from '../src/protocol/textLimits.ts';
import { Button, TextArea, TextField } from './controls.tsx';
import { drawingText } from './drawingWords.ts';
import { SAMPLING_BUTTON } from './header.tsx';
import { useHeir } from './page.ts';
import { readTextTexts, type TextRequest, type TextTexts } from './textTexts.ts';

export interface TextSamplingFormProps {
  readonly drawing: DrawingProgress | null;
  readonly busy: boolean;
  /** Of the model. */
  readonly characters: readonly string[];
  readonly texts: TextTexts;
  readonly onTexts: (texts: TextTexts) => void;
  readonly onWrite: (request: TextRequest) => void;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function TextSamplingForm(props: TextSamplingFormProps): VNode {
  const { drawing, busy, characters, texts, onTexts, onWrite, onCancel, onClose } = props;
  const [tried, setTried] = useState(false);
  const form = useHeir<HTMLFormElement>(() => document.getElementById(SAMPLING_BUTTON));
  const read = readTextTexts(texts, characters);
  const problems = 'problems' in read ? read.problems : {};
  const write = () => {
    setTried(true);
    if ('request' in read && !busy) onWrite(read.request);
  };
  const field = (name: Exclude<keyof TextTexts, 'prime'>, label: string) => (
    <TextField
      label={label}
      value={texts[name]}
      problem={tried ? (problems[name] ?? null) : null}
      onInput={(value) => onTexts({ ...texts, [name]: value })}
      onEnter={write}
    />
  );
  return (
    <form
      ref={form}
      class="sampling"
      aria-label="Write text"
      onSubmit={(event) => {
        event.preventDefault();
        write();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      {/* Said at once: which characters the model knows cannot be guessed. */}
      <TextArea
        label="Goes on from"
        value={texts.prime}
        most={MOST_PRIME}
        rows={2}
        problem={problems.prime ?? null}
        onInput={(prime) => onTexts({ ...texts, prime })}
      />
      <div class="sampling-row">
        {field('length', 'Characters')}
        {field('temperature', 'Temperature')}
        {field('topK', 'Top k')}
        {field('seed', 'Seed')}
        <span class="sampling-buttons">
          {/* Not disabled meanwhile: that would take the focus from under the user's finger. */}
          <Button primary onClick={write}>
            {busy ? 'Writing …' : 'Write'}
          </Button>
          {drawing && <Button onClick={onCancel}>Cancel</Button>}
          <Button onClick={onClose}>Close</Button>
        </span>
      </div>
      {drawing && <p class="note">{drawingText(drawing)}</p>}
      <p class="note">
        The same seed writes the same text. The temperature divides the logits: below 1 the text comes nearer to the
        most probable one, above 1 it grows bolder. With k, each character is drawn from the k most probable alone. The
        text is also kept in the run’s samples folder.
      </p>
    </form>
  );
}
