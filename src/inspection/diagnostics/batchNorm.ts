/** `batch-norm`: what a row scores depends on the rows that happen to be scored with it. */
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import { diagnostic, finding, nats, notApplicable, notMeasured, ok, plural, some } from './outcome.ts';
import { agreesAlone } from './tolerances.ts';

const ID = 'batch-norm';

export const batchNorm = diagnostic({
  id: ID,
  needs: ['rowsAlone', 'flowParameters'],
  topic: {
    title: 'Batch normalisation that stays in training',
    paragraphs: [
      'As a layer of a flow, batch normalisation shifts and scales every variable by the mean and variance of the minibatch, and its log-determinant counts (Dinh et al. 2017, section 3.7). That is for training. A density must not depend on who else is looked at: for scoring and sampling, mean and variance are those of all training rows (Papamakarios et al. 2017, section 3.3).',
      'Left in training, the layer gives the same row another likelihood in every batch, a batch of one row has no variance at all, and there is no inverse to draw samples by. If the statistics were never set, mean 0 and variance 1 stand in for them, and training and scoring are of two models.',
      'Measured: −log p of some rows scored at once and one at a time. The two must be one number, whatever the batch size.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'rowsAlone' | 'flowParameters'>): Outcome {
  const { rowsAlone: alone, flowParameters: parameters, flow, step } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  const layers = flow.flatMap(({ kind }, l) => (kind === 'batch-norm' ? [l] : []));
  if (layers.length === 0) return notApplicable(ID, 'the flow has no batch normalisation');
  const unset = step > 0 ? (parameters?.unmeasured ?? []) : [];
  if (alone === null && unset.length === 0) {
    return notMeasured(ID, 'what rows score at once and by themselves has not been looked at');
  }
  const differs = alone !== null && !agreesAlone(alone);
  if (!differs && unset.length === 0) return ok(ID);
  const evidence: Evidence[] = [
    ...(differs
      ? [
          { label: `NLL of ${plural(alone.rows, 'row')} scored at once`, value: nats(alone.together) },
          { label: 'The same rows, one at a time', value: nats(alone.alone) },
          {
            label: 'log p of the row that differs most',
            value: `${nats(alone.worst.together)} and ${nats(alone.worst.alone)}`,
          },
        ]
      : []),
    ...(unset.length > 0
      ? [
          {
            label: 'With mean 0 and variance 1, as they begin',
            value: some(unset.map((layer) => layerName(context, layer))),
          },
        ]
      : []),
    { label: 'Layers of batch normalisation', value: `${layers.length}` },
  ];
  return finding(ID, context, {
    severity: differs ? 'error' : 'warning',
    title: differs
      ? `The NLL of a row depends on the batch: ${nats(alone.together)} or ${nats(alone.alone)}`
      : `${plural(unset.length, 'layer')} of batch normalisation ${unset.length === 1 ? 'has' : 'have'} no statistics yet`,
    explanation: differs
      ? 'Rows are scored by the moments of the batch at hand. Score them, and go back from the base, by statistics of all training rows that are stored with the parameters.'
      : 'They are to hold mean and variance of the training rows before anything is scored or drawn: until then both are of another model than the one that is trained.',
    evidence,
    view: 'curves',
  });
}
