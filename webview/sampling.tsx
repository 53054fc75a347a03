/** The form that draws samples by hand: new rows or completed ones, how many, from which seed, under which context. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { partNames } from '../src/protocol/completion.ts';
import type { DrawingProgress } from '../src/protocol/drawing.ts';
import { Button, Dropdown, Segments, TextField, type Choice } from './controls.tsx';
import { drawingText } from './drawingWords.ts';
import { SAMPLING_BUTTON } from './header.tsx';
import { useHeir } from './page.ts';
import { givenParts, type SampleSubject } from './sampleSubject.ts';
import {
  completedSplits,
  completesRows,
  contextOf,
  partOf,
  readSampleTexts,
  temperatureText,
  type CompletedSplit,
  type ContextChoice,
  type SampleProblem,
  type SampleRequest,
  type SampleTexts,
} from './sampleTexts.ts';

/** Classes that are offered one by one; of more, each in turn. */
const MOST_LABELS = 200;

const DRAW_BUTTON = 'draw-samples';

const splitNames: Readonly<Record<CompletedSplit, string>> = {
  validation: 'Validation rows',
  test: 'Test rows',
  train: 'Training rows',
};

export interface SamplingFormProps {
  readonly drawing: DrawingProgress | null;
  readonly busy: boolean;
  readonly subject: SampleSubject;
  readonly texts: SampleTexts;
  readonly onTexts: (texts: SampleTexts) => void;
  readonly onDraw: (request: SampleRequest) => void;
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function SamplingForm(props: SamplingFormProps): VNode {
  const { drawing, busy, subject, texts, onTexts, onDraw, onCancel, onClose } = props;
  const [tried, setTried] = useState(false);
  const form = useHeir<HTMLFormElement>(() => document.getElementById(SAMPLING_BUTTON));
  const read = readSampleTexts(texts, subject);
  const problems = tried && 'problems' in read ? read.problems : {};
  const change = (part: Partial<SampleTexts>) => onTexts({ ...texts, ...part });
  const draw = () => {
    setTried(true);
    if ('request' in read && !busy) onDraw(read.request);
  };
  const field = (name: SampleProblem, label: string, size?: number) => (
    <TextField
      label={label}
      value={texts[name]}
      problem={problems[name] ?? null}
      onInput={(value) => change({ [name]: value })}
      onEnter={draw}
      {...(size !== undefined && { size })}
    />
  );
  const completes = completesRows(texts, subject);
  const part = partOf(texts, subject);
  const context = contextOf(texts, subject);
  return (
    <form
      ref={form}
      class="sampling"
      aria-label="Draw samples"
      onSubmit={(event) => {
        event.preventDefault();
        draw();
      }}
      onKeyDown={(event) => {
        // An open list takes the key for itself.
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      {subject.completes && (
        <div class="sampling-row sampling-what">
          <Segments
            label="What is drawn"
            value={texts.what}
            options={[
              { value: 'new', label: 'New rows' },
              { value: 'complete', label: 'Complete' },
            ]}
            onChange={(what) => change({ what })}
          />
        </div>
      )}
      {completes && (
        <fieldset class="sampling-row">
          <legend class="visually-hidden">What is given</legend>
          <Dropdown
            label="Of the"
            value={texts.split}
            options={completedSplits.map((value) => ({ value, label: splitNames[value] }))}
            onChange={(split) => change({ split })}
          />
          {field('first', 'From row')}
          {field('count', 'How many')}
          <Dropdown
            label="Given"
            value={part}
            options={givenParts(subject).map((value) => ({ value, label: partNames[value] }))}
            onChange={(next) => change({ part: next })}
          />
          {part === 'list' && field('list', 'Variables', 14)}
        </fieldset>
      )}
      {subject.context > 0 && (
        <div class="sampling-row">
          <Dropdown
            label={subject.labels ? 'Label' : 'Context'}
            value={context}
            options={contextChoices(subject, completes)}
            onChange={(next) => change({ context: next })}
          />
          {context === 'values' && field('values', 'Values', 20)}
        </div>
      )}
      <div class="sampling-row">
        {field('rows', 'Rows')}
        {field('seed', 'Seed')}
        {field('temperature', 'Temperature')}
        <span class="sampling-buttons">
          {/* Not disabled meanwhile: that would take the focus from under the user's finger. */}
          <Button id={DRAW_BUTTON} primary onClick={draw}>
            {busy ? 'Drawing …' : 'Draw'}
          </Button>
          {drawing && <Cancel onCancel={onCancel} />}
          <Button onClick={onClose}>Close</Button>
        </span>
      </div>
      {drawing && <p class="note">{drawingText(drawing)}</p>}
      <p class="note">
        {completes
          ? 'Drawn row 1 completes the first of these rows, row 2 the second, and so on, beginning anew after the last. What is given stays as it is; the rest is drawn from p(rest | given), which needs an order in which all that is given comes first. '
          : ''}
        The same seed draws the same rows. {temperatureText(subject)} The rows are also kept in the run’s samples
        folder.
      </p>
    </form>
  );
}

/** There while rows are being drawn. */
function Cancel({ onCancel }: { readonly onCancel: () => void }) {
  const element = useHeir<HTMLSpanElement>(() => document.getElementById(DRAW_BUTTON));
  return (
    <span ref={element}>
      <Button onClick={onCancel}>Cancel</Button>
    </span>
  );
}

function contextChoices({ context: size, labels }: SampleSubject, completes: boolean): Choice<ContextChoice>[] {
  if (!labels) {
    return [
      { value: 'own', label: completes ? 'Of the rows themselves' : 'Of the first rows of data' },
      { value: 'values', label: 'These values' },
    ];
  }
  const each = Array.from({ length: Math.min(size, MOST_LABELS) }, (_, label) => ({
    value: `label ${label}` as const,
    label: String(label),
  }));
  return completes
    ? [{ value: 'own', label: 'Of the rows themselves' }, { value: 'turns', label: 'Each in turn' }, ...each]
    : [{ value: 'own', label: 'Each in turn' }, ...each];
}
