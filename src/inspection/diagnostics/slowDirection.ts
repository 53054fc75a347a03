/** `slow-direction`: training through the direction of a flow that goes one variable after the other. */
import type { Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';

const ID = 'slow-direction';
/** Passes of a layer that are nothing to speak of. */
const FEW = 3;
/** Passes of a layer from which on a run takes many times as long as it could. */
const MANY = 16;

export const slowDirection = diagnostic({
  id: ID,
  needs: ['passes'],
  topic: {
    title: 'The direction that takes one pass for each variable',
    paragraphs: [
      'An autoregressive layer is fast one way and sequential the other. In MAF the shift and scale of a variable come from the data before it, which are all there: a row’s density takes one pass, and drawing goes from variable to variable. IAF is the same layer the other way round: drawing takes one pass, and the density of a given row is sequential (Papamakarios et al. 2017, section 3.4).',
      'Trained by maximum likelihood, an IAF is gone through against its grain: D passes a layer and step, with the memory of all of them, since gradients flow through each. That is why it is used where it is only asked for the density of what it drew itself, as a posterior.',
      'Sampling and scoring can do better: a unit whose inputs are known is computed once, which is about one pass in all. Measured are the passes of each direction.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'passes'>): Outcome {
  const { passes, flow, dimension } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (passes === null) return notMeasured(ID, 'what the directions of this flow cost has not been looked at');
  if (passes.slow.length === 0 || dimension <= FEW) return ok(ID);
  return finding(ID, context, {
    severity: dimension >= MANY ? 'warning' : 'info',
    title: `Training goes through ${plural(passes.slow.length, 'layer')} one variable after the other`,
    explanation:
      `Every step takes ${plural(dimension, 'pass', 'passes')} through each of these layers and keeps what all of them need for their gradients. ` +
      'To learn a density from rows take a MAF, which is the same layer in the direction that takes one pass; keep the IAF for what is to be drawn fast.',
    evidence: [
      { label: 'Layers', value: some(passes.slow.map((layer) => layerName(context, layer))) },
      {
        label: `Passes of a training step, ${plural(passes.layers, 'layer')} with a network`,
        value: count(passes.training),
      },
      { label: 'Of a row’s density, every unit computed once', value: short(passes.density) },
      { label: 'Of a row that is drawn, every unit computed once', value: short(passes.sampling) },
    ],
    view: 'curves',
  });
}
