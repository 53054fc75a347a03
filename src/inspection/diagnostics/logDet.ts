/**
 * `log-det`: a log-determinant that is not that of the map: its sign is wrong, a layer is missing from the sum, or what
 * belongs to one row is added up over the batch.
 */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import type { TwoFigures } from './measurements/flowLogDet.ts';
import { diagnostic, finding, nats, notApplicable, notMeasured, ok, plural, some } from './outcome.ts';
import { agreesAlone, figuresAgree } from './tolerances.ts';

const ID = 'log-det';

export const logDet = diagnostic({
  id: ID,
  needs: ['flowLogDet', 'rowsAlone'],
  topic: {
    title: 'Log-determinants that are not those of the map',
    paragraphs: [
      'A flow’s density is that of the base at u = f(x), times how much f stretches the space around x: log p(x) = log p(u) + log|det ∂f/∂x|. Each layer states its own term in closed form, and nothing in training notices when it is wrong: a term that can be made large without paying for it is just what an optimiser looks for.',
      'The usual mistakes are a minus sign that belongs to the other direction, a layer whose term is left out, log det where log|det| is meant, and a sum over the batch where one over the variables is meant, which gives every row the terms of all others.',
      'What is measured: the Jacobian of the flow on rows of the data, derivative by derivative, and log|det| of it by elimination, beside the sum that the layers state; log p beside the sum of its terms; and log p of a row by itself beside the same row among others. Each pair must be one number.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'flowLogDet' | 'rowsAlone'>): Outcome {
  const { flowLogDet: facts, rowsAlone: alone, flow } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  // Where there is batch normalisation, `batch-norm` tells of it.
  const dependsOnBatch = alone !== null && alone.batchNorms === 0 && !agreesAlone(alone);
  if (facts === null && !dependsOnBatch) {
    return notMeasured(ID, 'the Jacobian of this flow has not been looked at');
  }
  const wrongWhole = facts?.whole && !figuresAgree(facts.whole) ? facts.whole : null;
  const wrongSum = facts && !figuresAgree(facts.sum) ? facts.sum : null;
  if (!wrongWhole && !wrongSum && !dependsOnBatch) return ok(ID);

  const wrongLayers = (facts?.layers ?? []).filter((two) => !figuresAgree(two));
  const evidence: Evidence[] = [
    ...(wrongWhole
      ? [
          { label: 'log|det| of the whole flow, as the layers state it', value: nats(wrongWhole.stated) },
          { label: 'The same of the measured Jacobian, of that row', value: nats(wrongWhole.measured) },
        ]
      : []),
    ...wrongLayers.slice(0, 3).map((two) => ({
      label: `Of ${layerName(context, two.layer)} alone`,
      value: `${nats(two.stated)} stated, ${nats(two.measured)} measured`,
    })),
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
  ];
  return finding(ID, context, {
    severity: 'error',
    title: wrongWhole
      ? wrongLayers.length > 0
        ? `${plural(wrongLayers.length, 'layer')} ${wrongLayers.length === 1 ? 'states' : 'state'} another log|det| than that of ${wrongLayers.length === 1 ? 'its' : 'their'} Jacobian`
        : 'The flow states another log|det| than that of its Jacobian'
      : wrongSum
        ? 'log p is not the sum of the base and the layers'
        : 'log p of a row depends on the rows beside it',
    explanation: wrongWhole
      ? `${wrongLayers.length > 0 ? `Wrong ${wrongLayers.length === 1 ? 'is' : 'are'} ${some(wrongLayers.map(({ layer }) => layerName(context, layer)))}. ` : ''}${hintOf(wrongLayers[0] ?? wrongWhole)} Until then no figure of this run is a likelihood.`
      : wrongSum
        ? 'Every layer states what its Jacobian says, but log p is put together otherwise: look for a layer whose term is left out or counted twice, or whose sign is that of the way back.'
        : 'A row’s terms are those of its own variables: look for a sum over the whole batch where one over the columns is meant, and for statistics of the batch where stored ones belong.',
    evidence,
    view: 'flowJacobian',
  });
}

/** What the two figures themselves give away. */
function hintOf(two: TwoFigures): string {
  if (figuresAgree({ stated: -two.stated, measured: two.measured })) {
    return 'The two differ by their sign: the log-determinant is that of the way back.';
  }
  if (two.stated === 0) return 'Stated is 0: the term of this layer is missing.';
  return 'Look at the sum over the variables, at the sign, and at entries that move but are not counted.';
}
