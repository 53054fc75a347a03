/**
 * `wrong-split`: scores that do not say what one takes them for: of rows that were trained on, of rows by which the best
 * epoch was chosen, or of rows made binary in another way than those of the figure one compares with.
 */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import type { Overlap } from './measurements/splits.ts';
import { count, diagnostic, finding, notMeasured, ok, percent, plural } from './outcome.ts';

const ID = 'wrong-split';
/** Held-out rows that also occur in training and do not count: a few. */
const ORDINARY_SHARE = 0.01;
/** Where rows repeat by themselves, as often as training rows do and so many standard errors more is chance. */
const STANDARD_ERRORS = 3;
/** Fewer held-out rows say nothing about shares. */
const MIN_ROWS = 10;

const BINARIZED = {
  stochastic: 'static: drawn once with probability value / range',
  threshold: 'static: 1 from half the range on',
  dynamic: 'dynamic: training rows anew for every minibatch, held-out rows drawn once with probability value / range',
} as const;

export const wrongSplit = diagnostic({
  id: ID,
  needs: ['splits'],
  topic: {
    title: 'Figures of the wrong rows',
    paragraphs: [
      'A likelihood is only worth something on rows that were neither trained on nor used to choose anything. Test rows that also occur in training are known by heart; validation rows chose the best epoch, so that their figure is a little too good.',
      'Figures are comparable between papers only if the rows are. MNIST made binary once and for all (static, Larochelle & Murray 2011) and MNIST drawn anew for every epoch (dynamic) differ by several nats for one and the same model; so do a threshold and a random draw.',
      'In a small discrete world rows repeat by themselves: 4 × 4 images of bars and stripes are 30 different ones. What counts is whether held-out rows occur in training more often than training rows have twins among themselves.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'splits'>): Outcome {
  const { splits, over } = context;
  if (!splits) return notMeasured(ID, 'the rows have not been looked at');
  const natural = splits.rows > 0 ? splits.repeated / splits.rows : 0;
  const held = (['test', 'validation'] as const).flatMap((name) => {
    const overlap = splits[name];
    return overlap ? [{ name, ...overlap }] : [];
  });
  const overlapping = held.filter((one) => isTooMuch(one, natural));
  const untested = over && splits.test === null;
  const evidence: Evidence[] = [
    { label: 'Final figure', value: figureOf(splits) },
    ...(splits.binarized ? [{ label: 'Made binary', value: BINARIZED[splits.binarized] }] : []),
    ...held.map(({ name, rows, inTraining }) => ({
      label: `${name === 'test' ? 'Test' : 'Validation'} rows that occur in training`,
      value: `${count(inTraining)} of ${count(rows)} (${percent(inTraining / rows)})`,
    })),
    { label: 'Training rows with a twin in training', value: `${count(splits.repeated)} (${percent(natural)})` },
  ];
  const [worst] = overlapping;
  if (worst) {
    return finding(ID, context, {
      severity: 'warning',
      title: `${plural(worst.inTraining, `${worst.name} row`)} of ${count(worst.rows)} ${worst.inTraining === 1 ? 'occurs' : 'occur'} in training, too`,
      explanation:
        'Their likelihood says how well the model knows rows by heart, not how well it describes new ones. Give every row ' +
        'to one split alone: name different files, or let one source be split.',
      evidence,
      view: 'curves',
    });
  }
  if (untested || (over && splits.binarized === 'stochastic')) {
    return finding(ID, context, {
      severity: 'info',
      title: untested ? 'There are no test rows' : 'The rows were made binary once, by chance',
      explanation: untested
        ? splits.validation
          ? 'The best figure is that of the validation rows, by which the best epoch was chosen: it is a little too good.'
          : 'Nothing but training rows has been scored: what the model has learnt by heart and what it has learnt cannot be told apart.'
        : 'Compare with figures of static binarisation alone: another draw, or one for every epoch (dynamic), gives figures ' +
          'that differ by more than models do.',
      evidence,
      view: 'curves',
    });
  }
  return ok(ID);
}

function isTooMuch({ rows, inTraining }: Overlap, natural: number): boolean {
  if (rows < MIN_ROWS) return false;
  const chance = Math.max(natural, 1 / rows);
  const standardError = Math.sqrt((chance * (1 - Math.min(chance, 1))) / rows);
  return inTraining / rows > natural + ORDINARY_SHARE + STANDARD_ERRORS * standardError;
}

function figureOf({ test, validation }: NonNullable<ContextOf<'splits'>['splits']>): string {
  if (test) return `of ${plural(test.rows, 'test row')}`;
  return validation
    ? `of ${plural(validation.rows, 'validation row')}: there are no test rows`
    : 'of training rows alone';
}
