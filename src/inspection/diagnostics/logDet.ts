/**
 * `log-det`: a log-determinant that is not that of the map: its sign is wrong, a layer is missing from the sum, or what
 * belongs to one row is added up over the batch; and a density that is right from place to place, but not 1 in all.
 */
import { inputName } from '../../text/notation.ts';
import type { Evidence, Finding, Outcome } from '../findings.ts';
import type { ContextOf, RunMoment } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import type { LayerLogDet } from './measurements/flowLogDet.ts';
import type { FlowTotal } from './measurements/flowTotal.ts';
import {
  count,
  diagnostic,
  finding,
  nats,
  notApplicable,
  notMeasured,
  ok,
  pairName,
  plural,
  short,
  some,
} from './outcome.ts';
import { agreesAlone, figuresAgree, logDetsAgree, type TwoFigures } from './tolerances.ts';

const ID = 'log-det';
/** ∫ p is 1 within this and twice the integral's own estimate of its error. */
const TOTAL_TOLERANCE = 1e-2;

export const logDet = diagnostic({
  id: ID,
  needs: ['flowLogDet', 'rowsAlone', 'flowTotal'],
  topic: {
    title: 'Log-determinants that are not those of the map',
    paragraphs: [
      'A flow’s density is that of the base at u = f(x), times how much f stretches the space around x: log p(x) = log p(u) + log|det ∂f/∂x|. Each layer states its own term in closed form, and nothing in training notices when it is wrong: a term that can be made large without paying for it is just what an optimiser looks for.',
      'The usual mistakes are a minus sign that belongs to the other direction, a layer whose term is left out, log det where log|det| is meant, and a sum over the batch where one over the variables is meant, which gives every row the terms of all others.',
      'What is measured: the Jacobian of the flow on rows of the data, derivative by derivative, and log|det| of it by elimination, beside the sum that the layers state; log p beside the sum of its terms; and log p of a row by itself beside the same row among others. Each pair must be one number.',
      'Of layers that stretch strongly the product may be so uneven that float32’s derivatives of the whole cancel out. Where the whole differs, therefore, each layer is measured by itself, and these decide.',
      'Of one or two variables the density itself is added up: ∫ p(x) dx over a grid that is as fine as the density asks for, around all rows and all that the base leads back to. It has to be 1. A base that is not normalised shows there and nowhere else, and so does a layer that leads two places to one, or leaves out a part of the base: each is right from place to place.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'flowLogDet' | 'rowsAlone' | 'flowTotal'>): Outcome {
  const { flowLogDet: facts, rowsAlone: alone, flowTotal: total, flow } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  // Where there is batch normalisation, `batch-norm` tells of it.
  const dependsOnBatch = alone !== null && alone.batchNorms === 0 && !agreesAlone(alone);
  // Of what stretches too unevenly for a grid an integral finds a part, and its error is as wrong as itself.
  const wrongTotal = total?.settled === true && !isOne(total) ? total : null;
  if (facts === null && !dependsOnBatch && !wrongTotal) {
    return notMeasured(ID, 'the Jacobian of this flow has not been looked at');
  }
  const agree = (two: TwoFigures) => logDetsAgree(two, context.dimension);
  const wrongLayers = (facts?.layers ?? []).filter((two) => !agree(two));
  const whole = facts?.whole ?? null;
  const byLayers = facts?.byLayers ?? null;
  const apart = whole && !agree(whole) ? whole : null;
  const isRounding = wrongLayers.length === 0 && byLayers !== null && agree(byLayers);
  const wrongWhole = apart && !isRounding ? apart : byLayers && !agree(byLayers) ? byLayers : (wrongLayers[0] ?? null);
  const wrongSum = facts && !figuresAgree(facts.sum) ? facts.sum : null;
  if (!wrongWhole && !wrongSum && !dependsOnBatch && !wrongTotal) {
    if (apart && byLayers) return illConditioned(context, apart, byLayers);
    const { unmeasured } = facts!;
    return unmeasured.length === 0
      ? ok(ID)
      : notMeasured(ID, whyUnmeasured(unmeasured.map((l) => layerName(context, l))));
  }

  const evidence: Evidence[] = [
    ...(apart
      ? [
          { label: 'log|det| of the whole flow, as the layers state it', value: nats(apart.stated) },
          { label: 'The same of the measured Jacobian, of that row', value: nats(apart.measured) },
        ]
      : []),
    ...(wrongWhole && !apart && byLayers
      ? [
          { label: 'log|det| of the whole flow, as the layers state it', value: nats(byLayers.stated) },
          { label: 'The same of the layers’ measured Jacobians, added up', value: nats(byLayers.measured) },
        ]
      : []),
    ...wrongLayers.slice(0, 3).map((two) => ({
      label: `Of ${layerName(context, two.layer)} alone`,
      value: `${nats(two.stated)} stated, ${nats(two.measured)} measured`,
    })),
    ...wrongLayers.slice(0, 3).flatMap(({ layer, leaks, largestLeak }) =>
      largestLeak === null
        ? []
        : [
            {
              label: `Entries of the Jacobian of ${layerName(context, layer)} where its structure has none`,
              value: `${count(leaks)}, largest ${short(largestLeak.value)} at ${pairName(largestLeak)}`,
            },
          ],
    ),
    ...(wrongSum
      ? [
          { label: 'log p of a row, as the model gives it', value: nats(wrongSum.stated) },
          { label: 'Its base and layers added up', value: nats(wrongSum.measured) },
        ]
      : []),
    ...(dependsOnBatch
      ? [
          { label: `log p of a row among ${alone.rows}`, value: nats(alone.worst.together) },
          { label: 'log p of the same row by itself', value: nats(alone.worst.alone) },
        ]
      : []),
    ...(total
      ? [
          {
            label: `∫ p(x${total.contexts > 0 ? ' | c' : ''}) dx over ${areaOf(total)}, by ${count(total.evaluations)} densities`,
            value: `${total.value.toPrecision(4)} ± ${short(total.error)}`,
          },
        ]
      : []),
  ];
  return finding(ID, context, { severity: 'error', ...told(), evidence });

  function told(): Pick<Finding, 'title' | 'explanation' | 'view'> {
    if (wrongWhole) {
      const one = wrongLayers.length === 1;
      return {
        title:
          wrongLayers.length > 0
            ? `${plural(wrongLayers.length, 'layer')} ${one ? 'states' : 'state'} another log|det| than that of ${one ? 'its' : 'their'} Jacobian`
            : 'The flow states another log|det| than that of its Jacobian',
        explanation: `${wrongLayers.length > 0 ? `Wrong ${one ? 'is' : 'are'} ${some(wrongLayers.map(({ layer }) => layerName(context, layer)))}. ` : ''}${hintOf(wrongLayers[0] ?? { ...wrongWhole, leaks: 0 }, agree)} Until then no figure of this run is a likelihood.`,
        view: 'flowJacobian',
      };
    }
    if (wrongSum) {
      return {
        title: 'log p is not the sum of the base and the layers',
        explanation:
          'Every layer states what its Jacobian says, but log p is put together otherwise: look for a layer whose term is left out or counted twice, or whose sign is that of the way back.',
        view: 'flowJacobian',
      };
    }
    if (dependsOnBatch) {
      return {
        title: 'log p of a row depends on the rows beside it',
        explanation:
          'A row’s terms are those of its own variables: look for a sum over the whole batch where one over the columns is meant, and for statistics of the batch where stored ones belong.',
        view: 'flowJacobian',
      };
    }
    return {
      title: `The density integrates to ${wrongTotal!.value.toPrecision(3)}, not to 1`,
      explanation: `${facts ? 'Every log|det| is that of its layer where rows are; still' : 'So'} this is no density${offBy(wrongTotal!.value)}. ${reasonOf(wrongTotal!.value)}`,
      view: context.dimension === 2 ? 'transport' : 'latent',
    };
  }
}

function whyUnmeasured(layers: readonly string[]): string {
  const [is, its] = layers.length === 1 ? ['goes', 'its'] : ['go', 'their'];
  return `${some(layers)} ${is} one variable after the other from the data to the base, a pass for each in every row of ${its} Jacobian, which has not been looked at`;
}

/** Every layer is right, and float32's Jacobian of all of them together is not. */
function illConditioned(context: Pick<RunMoment, 'step'>, whole: TwoFigures, byLayers: TwoFigures): Outcome {
  return finding(ID, context, {
    severity: 'info',
    title: 'The Jacobian of the whole flow is too uneven for float32',
    explanation:
      'Every layer states the log|det| of its own Jacobian, and their sum is what the flow states: the density is right. The product of all of them stretches some directions so much more than others that its derivatives cancel out in float32. Rows may lose digits on the way back for the same reason, which inverse-error tells; bounded scales keep them.',
    evidence: [
      { label: 'log|det| of the whole flow, as the layers state it', value: nats(whole.stated) },
      { label: 'The same of the measured Jacobian, of that row', value: nats(whole.measured) },
      {
        label: 'Of the layers’ Jacobians one by one, added up, where that is furthest from what is stated',
        value: `${nats(byLayers.stated)} stated, ${nats(byLayers.measured)} measured`,
      },
    ],
    view: 'flowJacobian',
  });
}

function isOne({ value, error }: FlowTotal): boolean {
  return Math.abs(value - 1) <= TOTAL_TOLERANCE + 2 * error;
}

/** "x₁ from −4 to 5 and x₂ from −3 to 8" */
function areaOf({ box: { low, high } }: FlowTotal): string {
  return low.map((from, d) => `${inputName(d)} from ${short(from)} to ${short(high[d]!)}`).join(' and ');
}

/** How far the NLL is from that of a density of the same shape. */
function offBy(total: number): string {
  if (!(total > 0) || total === Infinity) return '';
  return `, and its NLL is ${nats(Math.abs(Math.log(total)))} too ${total > 1 ? 'low' : 'high'}`;
}

function reasonOf(total: number): string {
  if (!Number.isFinite(total))
    return 'Somewhere it is no finite number: look for a scale that overflows away from the data.';
  return total > 1
    ? 'Look for a base whose log density leaves out its normaliser, and for a layer that leads two places to one.'
    : 'Look for a base whose log density leaves out its normaliser, and for a layer whose values never reach a part of the base.';
}

/** What the two figures themselves give away. */
function hintOf(two: TwoFigures & Pick<LayerLogDet, 'leaks'>, agree: (two: TwoFigures) => boolean): string {
  if (two.leaks > 0) {
    return 'Variables depend there on others that the masks or the split forbid, and the log-determinant counts the diagonal alone: look for a mask that is missing or takes ≥ for >, and for variables that move and decide at once.';
  }
  if (agree({ stated: -two.stated, measured: two.measured })) {
    return 'The two differ by their sign: the log-determinant is that of the way back.';
  }
  if (two.stated === 0) return 'Stated is 0: the term of this layer is missing.';
  return 'Look at the sum over the variables, at the sign, and at entries that move but are not counted.';
}
