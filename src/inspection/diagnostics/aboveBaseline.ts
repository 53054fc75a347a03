/**
 * `above-baseline`: the model is worse than the simplest density in closed form. A model that has learnt anything is below
 * that, so something is wrong: a sigmoid applied twice, a wrong loss, wrong data, a learning rate far off.
 */
import type { EpochMetric } from '../../runs/metrics.ts';
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import type { Baseline } from './measurements/baseline.ts';
import type { LatentBound } from './measurements/latentBound.ts';
import { count, diagnostic, finding, nats, notApplicable, ok, percent, plural } from './outcome.ts';

const ID = 'above-baseline';
/** Standard errors of the baseline's own figure that do not count. */
const MARGIN = 2;
/** Until so many epochs are done a slow start is no mistake. */
const EARLY_EPOCHS = 3;
/** An NLL that falls by more than this share of itself from epoch to epoch is on its way, wherever it stands. */
const CLEAR_FALL = 0.01;

/** Nothing makes real values standard: a density's figures are those of the units in the file. */
const SCALE =
  ' Conditionals of real values start with a spread of about 1 around 0: columns in thousands, or in thousandths, are out ' +
  'of their reach, so standardise such data before training.';

export const aboveBaseline = diagnostic({
  id: ID,
  needs: ['baseline', 'score', 'latentBound'],
  topic: {
    title: 'Worse than no model at all',
    paragraphs: [
      'The simplest models there are can be fitted in closed form: for binary data and levels each variable has its own probabilities, counted from the training rows; for real values there is the Gaussian with their means and covariances. Anything that has learnt more than that describes the same rows in fewer nats.',
      'Of text there are two such lines, of characters counted in the training text: how frequent each is (unigram, with one more of each than was seen), and how frequent it is behind the one before (bigram, by Witten and Bell). A network that remembers anything beats both; one above the second knows no more than the last character, so that its state is cut off, reset too often, or never learnt.',
      'After fewer than three epochs, or while the NLL still falls, a run that has ended above that line is warned of, and one that may go on is left alone; only one that stays there is an error.',
      'A bound above that line says less: log p(x) itself may be below it, and the encoder all that is at fault. It is an error of the model only where a tighter bound, by importance samples, is above the line as well.',
      'A model above that line after some epochs is broken rather than weak: a sigmoid applied to what is a probability already, a loss averaged over variables where it should be summed, a mask that cuts everything off, data in another range than the likelihood expects, or a learning rate far off.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'baseline' | 'score' | 'latentBound'>): Outcome {
  const { baseline, quantity, over, latentBound } = context;
  if (quantity.kind === 'loss') return notApplicable(ID, `the ${quantity.name} of this model is no likelihood`);
  if (!baseline) return notApplicable(ID, 'no baseline in closed form is known for this kind of data');
  if (Number.isNaN(baseline.nats)) {
    return notApplicable(ID, `the ${baseline.split} rows hold values that the baseline cannot score`);
  }
  const { course, epoch } = courseOf(context, baseline.split);
  const measured = course.at(-1);
  if (measured === undefined) return notApplicable(ID, 'no epoch has been finished yet');
  if (Number.isNaN(measured)) return notApplicable(ID, 'the NLL is not a number');
  const excess = measured - baseline.nats;
  if (excess <= MARGIN * baseline.standardError) return judgePairs(context, baseline, { course, epoch });

  const falling = fallOver(course, 1) > CLEAR_FALL;
  const early = epoch < EARLY_EPOCHS;
  if (!over && early) return notApplicable(ID, `fewer than ${EARLY_EPOCHS} epochs are done`);
  if (!over && falling) return notApplicable(ID, 'the NLL is still falling');
  const stuck = course.length > EARLY_EPOCHS && fallOver(course, EARLY_EPOCHS) <= CLEAR_FALL;
  const iwae = quantity.kind === 'bound' ? (latentBound?.iwae ?? null) : null;
  if (quantity.kind === 'bound' && !isAbove(latentBound, baseline)) {
    return finding(ID, context, {
      severity: 'info',
      title: `NLL bound ${nats(measured)} is above the baseline's ${nats(baseline.nats)}`,
      explanation:
        'It is the bound that is above, not log p(x): the decoder may describe these rows better than ' +
        `${lower(baseline.name)} do, and the encoder may be why the bound does not show it. ` +
        (iwae === null
          ? '“lens evaluate --importance-samples 5000” comes nearer to log p(x).'
          : `${plural(iwae.samples, 'importance sample')} of each row bring it to ${nats(-iwae.mean)}.`) +
        (quantity.descent ? ` Training goes by ${quantity.descent}, which raises something else.` : ''),
      evidence: [
        ...figures(baseline, measured, 'NLL bound'),
        ...(iwae === null ? [] : [{ label: `IWAE-${iwae.samples} bound`, value: nats(-iwae.mean) }]),
        { label: 'Scored after epoch', value: count(Math.floor(epoch)) },
      ],
      view: 'curves',
    });
  }
  const name = quantity.kind === 'bound' ? 'NLL bound' : 'NLL';
  return finding(ID, context, {
    severity: !falling && !early && (over || stuck) ? 'error' : 'warning',
    title: `${name} ${nats(measured)} is above the baseline's ${nats(baseline.nats)}`,
    explanation:
      `${baseline.name}, fitted in closed form to the training rows, explain the same rows better than this model. ` +
      (falling
        ? 'The run ended while its NLL was still falling: more epochs, or a larger learning rate, may be all it lacks.'
        : early
          ? `The run ended after ${plural(Math.floor(epoch), 'epoch')}, of which one cannot tell whether it learns: train it for longer first.`
          : (baseline.text
              ? 'Look for a loss that is averaged where it should be summed, characters that are coded in another way than ' +
                'they are read, a gradient that explodes for want of a clip, '
              : 'Look for a sigmoid applied twice, a loss with the wrong sign or averaged where it should be summed, columns ' +
                'that do not belong together, ') +
            'or a learning rate that is far too large or too small.' +
            (context.support === 'real' ? SCALE : '')),
    evidence: [
      ...figures(baseline, measured, name),
      ...(iwae === null ? [] : [{ label: `IWAE-${iwae.samples} bound`, value: nats(-iwae.mean) }]),
      ...(course.length > 1 ? [{ label: 'Fall over the last epoch', value: percent(fallOver(course, 1)) }] : []),
      { label: 'Scored after epoch', value: count(Math.floor(epoch)) },
    ],
    view: 'curves',
  });
}

/** Of text that is below the line of single characters: whether it is below that of pairs, once it has had time to learn. */
function judgePairs(context: ContextOf<'score'>, baseline: Baseline, { course, epoch }: Course): Outcome {
  const measured = course.at(-1);
  if (!baseline.text || measured === undefined) return ok(ID);
  const { pairs } = baseline.text;
  const stuck = course.length > EARLY_EPOCHS && fallOver(course, EARLY_EPOCHS) <= CLEAR_FALL;
  const early = epoch < EARLY_EPOCHS || fallOver(course, 1) > CLEAR_FALL;
  if (measured - pairs.nats <= MARGIN * pairs.standardError || early || !(context.over || stuck)) return ok(ID);
  const name = 'frequencies of pairs of characters';
  return finding(ID, context, {
    severity: 'warning',
    title: `NLL ${perCharacter(measured, baseline.text)} is above that of pairs of characters, ${perCharacter(pairs.nats, baseline.text)}`,
    explanation:
      `It is below that of single characters, and yet the ${name} in the training text, which know the last character alone, ` +
      'explain the same rows better. Look whether the state goes along the text (a network that begins every row anew has ' +
      'rows too short to gain much), whether weights within the recurrent layers change at all, and for a learning rate that ' +
      'is too small.',
    evidence: [
      ...figures(baseline, measured, 'NLL'),
      { label: `NLL of ${name}`, value: `${nats(pairs.nats)} ± ${pairs.standardError.toFixed(3)}` },
      { label: 'Above that by', value: nats(measured - pairs.nats) },
      { label: 'Scored after epoch', value: count(Math.floor(epoch)) },
    ],
    view: 'curves',
  });
}

/** "2.31 nats a character" */
const perCharacter = (row: number, { length }: NonNullable<Baseline['text']>): string =>
  `${nats(row / length)} a character`;

/**
 * Whether the bound by importance samples is above the baseline as well, beyond what the choice of its few rows explains, and
 * so far that as much again as these samples have gained would not bring it down.
 */
function isAbove(facts: LatentBound | null, { nats, standardError }: Baseline): boolean {
  if (facts === null) return false;
  const { iwae, parts } = facts;
  const gained = Math.max(0, iwae.mean - (parts.reconstruction - parts.divergence));
  return -iwae.mean - nats > gained + MARGIN * Math.hypot(standardError, iwae.rowError);
}

function figures(baseline: Baseline, measured: number, name: string): { label: string; value: string }[] {
  const { text } = baseline;
  return [
    { label: `${name} of the model, ${baseline.split} rows`, value: nats(measured) },
    {
      label: `NLL of ${lower(baseline.name)}`,
      value: `${nats(baseline.nats)} ± ${baseline.standardError.toFixed(3)}`,
    },
    {
      label: measured < baseline.nats ? 'Below it by' : 'Above it by',
      value: nats(Math.abs(measured - baseline.nats)),
    },
    ...(text
      ? [
          {
            label: 'A character, model and baseline',
            value: `${nats(measured / text.length)}, ${nats(baseline.nats / text.length)}`,
          },
        ]
      : []),
  ];
}

interface Course {
  readonly course: readonly number[];
  readonly epoch: number;
}

/** NLL after each epoch on the baseline's rows, and the epoch of the newest: what is being trained now has no score yet. */
function courseOf({ metrics, score, epoch }: ContextOf<'score'>, split: 'train' | 'validation'): Course {
  const epochs = metrics.filter((metric): metric is EpochMetric => metric.type === 'epoch');
  const scored = epochs.flatMap((one) => {
    const figure = split === 'validation' ? one.validation : one.train;
    return figure === null ? [] : [{ figure, epoch: one.epoch }];
  });
  const last = scored.at(-1);
  if (last) return { course: scored.map(({ figure }) => figure), epoch: last.epoch };
  return { course: score?.split === split ? [score.nats] : [], epoch };
}

/** Share of itself by which the NLL fell over the last epochs; 0 where there are not so many. */
function fallOver(course: readonly number[], epochs: number): number {
  const [before, now] = [course.at(-1 - epochs), course.at(-1)];
  return before === undefined || now === undefined ? 0 : (before - now) / Math.abs(before);
}

const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
