/**
 * `dead-units`: hidden units that neither an input nor a context reaches or that reach no output, and ReLU units that are
 * on in no row of the data. They cost time and memory and carry nothing.
 */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { count, diagnostic, finding, notApplicable, ok, percent, plural, some } from './outcome.ts';

const ID = 'dead-units';
/** Below these shares dead units are ordinary: random degrees cut some off; a ReLU that sees few inputs may never be on. */
const ORDINARY_CUT_OFF = 0.05;
const ORDINARY_NEVER_ON = 0.25;
/** Fewer rows say nothing about units that are rarely on. */
const MIN_ROWS = 20;

interface DeadUnit {
  readonly layer: number;
  readonly unit: number;
}

export const deadUnits = diagnostic({
  id: ID,
  needs: ['structures', 'activationRates'],
  topic: {
    title: 'Hidden units that do nothing',
    paragraphs: [
      'A hidden unit that no input reaches (nor a context, where there is one), or that reaches no output, costs time and memory and carries nothing; its weights never get a gradient. Degrees given by hand, or random degrees whose largest value is missing in the next layer, produce such units.',
      'A ReLU unit that is off in every row of the data is dead in another way: its gradient is 0, so it stays off. Large steps early in training kill units, and units that see only constant columns never wake.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'structures' | 'activationRates'>): Outcome {
  const { structures, activationRates, dimension } = context;
  if (!structures && !activationRates) return notApplicable(ID, 'no hidden units of this model have been looked at');
  if (dimension === 1) return notApplicable(ID, 'with a single variable the output is a bias alone');

  // With several masks a unit is dead only if it is cut off in all of those that were looked at.
  const [first, ...others] = structures ?? [];
  const cutOff = (first?.cutOff ?? []).filter((unit) =>
    others.every((other) => other.cutOff.some((u) => u.layer === unit.layer && u.unit === unit.unit)),
  );
  const isCutOff = new Set(cutOff.map(nameOf));
  // Where vectors are drawn for units, those that are cut off and those that are never on are not of one kind.
  const vectors = first?.vectors ?? false;
  if (vectors && cutOff.length === 0 && !activationRates) {
    return notApplicable(ID, 'no unit of the hidden vectors that can be off for good has been looked at');
  }
  const neverOn = (vectors && cutOff.length > 0 ? [] : (activationRates ?? []))
    .filter(({ rows }) => rows >= MIN_ROWS)
    .flatMap(({ layer, rates }) =>
      [...rates.entries()].filter(([, rate]) => rate === 0).map(([unit]) => ({ layer, unit })),
    )
    .filter((unit) => !isCutOff.has(nameOf(unit)));
  const dead: DeadUnit[] = [...cutOff, ...neverOn];
  if (dead.length === 0) return ok(ID);

  const sizes = layerSizesOf(context, vectors && cutOff.length === 0);
  const units = sizes.reduce((a, b) => a + b, 0);
  const wholeLayer = sizes.findIndex((size, l) => dead.filter(({ layer }) => layer === l + 1).length === size);
  const share = dead.length / units;
  const isOrdinary = cutOff.length < ORDINARY_CUT_OFF * units && neverOn.length < ORDINARY_NEVER_ON * units;
  const evidence: Evidence[] = [];
  const noInput = cutOff.filter(({ from }) => from === 'inputs');
  const noOutput = cutOff.filter(({ from }) => from === 'outputs');
  if (noInput.length > 0) evidence.push(line('No path from any input', noInput));
  if (noOutput.length > 0) evidence.push(line('No path to any output', noOutput));
  if (neverOn.length > 0) {
    evidence.push(line(`On in none of ${count(activationRates?.[0]?.rows ?? 0)} rows`, neverOn));
  }
  evidence.push({ label: 'Share of all hidden units', value: percent(share) });
  return finding(ID, context, {
    severity: wholeLayer >= 0 ? 'error' : isOrdinary ? 'info' : 'warning',
    title:
      wholeLayer >= 0
        ? `All ${plural(sizes[wholeLayer]!, 'unit')} of hidden layer ${wholeLayer + 1} are dead`
        : `${count(dead.length)} of ${plural(units, 'hidden unit')} ${dead.length === 1 ? 'is' : 'are'} dead`,
    explanation:
      'A dead unit is computed for nothing: it carries no information from the inputs to the outputs, and its weights ' +
      'get no gradient. ' +
      (cutOff.length > 0
        ? 'Units are cut off by their degrees: below the smallest or above the largest of a neighbouring layer, or above D−1. '
        : '') +
      (neverOn.length > 0
        ? 'A ReLU that is never on stays off: lower the learning rate, or choose another activation (“elu”, “softplus”). Units that see only constant inputs are among them.'
        : ''),
    evidence,
    view: 'connectivity',
    // A drawing of vectors has no place for one of their units.
    ...(!(vectors && cutOff.length === 0) && {
      select: { kind: 'unit', layer: dead[0]!.layer, unit: dead[0]!.unit },
    }),
  });
}

function layerSizesOf(
  { structures, activationRates }: ContextOf<'structures' | 'activationRates'>,
  ofVectors: boolean,
): number[] {
  const sizes = structures?.[0]?.sizes;
  if (sizes && !ofVectors) return sizes.slice(1, -1);
  return (activationRates ?? []).map(({ rates }) => rates.length);
}

function line(label: string, units: readonly DeadUnit[]): Evidence {
  return { label, value: `${plural(units.length, 'unit')}: ${some(units.map(nameOf))}` };
}

/** Counted from 1: "unit 3 of layer 2". */
function nameOf({ layer, unit }: DeadUnit): string {
  return `unit ${unit + 1} of layer ${layer}`;
}
