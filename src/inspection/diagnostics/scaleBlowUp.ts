/** `scale-blow-up`: scales of a flow that leave float32 behind, or that sit at the bound of their form. */
import { inputName } from '../../text/notation.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import type { LayerMovement } from './measurements/flowMovement.ts';
import { count, diagnostic, finding, notApplicable, notMeasured, ok, percent, plural, short } from './outcome.ts';

const ID = 'scale-blow-up';
/** exp(s) of more is no finite float32. */
const OVERFLOW = 88;
/** 24 ln 2: one side of the map then rounds off as much as the other varies. */
const LOSES_ALL = 24 * Math.LN2;
/** Share of the log-scales at their bound from which a layer has no room left. */
const CROWDED = 0.5;
/** Of fewer log-scales with a bound a share says little. */
const MIN_BOUNDED = 20;
/** A coordinate of u that far out: bases have tails of a few tens at most. */
const FAR = 1e4;

export const scaleBlowUp = diagnostic({
  id: ID,
  needs: ['flowMovement'],
  topic: {
    title: 'Scales that blow up',
    paragraphs: [
      'Affine layers scale by exp(s) with s out of a network. Nothing in e^s keeps s small: an outlier, a large step, a constant column drive it up, and with 24 significant bits a scale of e^17 rounds away all that was there beside the shift. At e^89 float32 has no number left, and the loss is NaN.',
      'Bounded forms (RealNVP’s a·tanh, a soft clip) never overflow. But where most scales sit at their bound the layer can only turn one way, and its gradient is nearly 0: the bound hides the same trouble.',
      'Measured on rows that are not trained on: the smallest and largest s of every layer that scales, the share of them within 5 % of a bound, and the coordinate of u that is furthest out.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'flowMovement'>): Outcome {
  const { flowMovement: facts, flow } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (facts === null) return notMeasured(ID, 'the scales of this flow have not been looked at');
  const { layers, furthest, overflow, rows, split } = facts;
  const reach = (layer: LayerMovement) => Math.max(Math.abs(layer.least), Math.abs(layer.most));
  const scaled = layers.filter(({ least }) => least !== Infinity);
  const steep = scaled.filter((layer) => reach(layer) > LOSES_ALL);
  const broken = layers.filter((layer) => layer.notFinite > 0 || (layer.least !== Infinity && layer.most > OVERFLOW));
  const crowded = layers.filter(({ bounded, atBound }) => bounded >= MIN_BOUNDED && atBound > CROWDED * bounded);
  const far = Math.abs(furthest.value) > FAR;
  const overflows = overflow !== null || broken.length > 0;
  if (!overflows && steep.length + crowded.length === 0 && !far) return ok(ID);

  const named = broken[0] ?? steep.toSorted((a, b) => reach(b) - reach(a))[0] ?? crowded[0];
  const evidence: Evidence[] = [
    ...(named && named.least !== Infinity
      ? [
          {
            label: `Log-scale of ${layerName(context, named.layer)} over ${plural(rows, `${split} row`)}`,
            value: `${short(named.least)} … ${short(named.most)}`,
          },
        ]
      : []),
    ...(scaled.length > 1
      ? [
          {
            label: `The same of all ${count(scaled.length)} layers that scale`,
            value: `${short(Math.min(...scaled.map(({ least }) => least)))} … ${short(Math.max(...scaled.map(({ most }) => most)))}`,
          },
        ]
      : []),
    ...crowded.slice(0, 3).map(({ layer, bounded, atBound }) => ({
      label: `At the bound of its form, ${layerName(context, layer)}`,
      value: `${percent(atBound / bounded)} of ${plural(bounded, 'log-scale')}`,
    })),
    { label: 'Largest |u|', value: `${short(Math.abs(furthest.value))}, at ${inputName(furthest.variable)}` },
    ...(overflow
      ? [
          {
            label: `Not finite after ${layerName(context, overflow.layer)}`,
            value: plural(overflow.entries, 'entry', 'entries'),
          },
        ]
      : []),
  ];
  return finding(ID, context, {
    // A learned factor can raise the bound: a layer at it may be just where it wants to be.
    severity: overflows ? 'error' : steep.length > 0 || far ? 'warning' : 'info',
    title: overflows
      ? `${layerName(context, overflow?.layer ?? broken[0]!.layer).replace(/^l/, 'L')} overflows`
      : steep.length > 0
        ? `Log-scales reach ${short(reach(named!))} in ${layerName(context, named!.layer)}`
        : crowded.length > 0
          ? `${plural(crowded.length, 'layer')} ${crowded.length === 1 ? 'has' : 'have'} most log-scales at their bound`
          : `u lies ${short(Math.abs(furthest.value))} from the middle of the base`,
    explanation:
      overflows || steep.length > 0
        ? 'Beyond 17 a factor e^s rounds away whatever stands beside it in float32, and beyond 88 it is no number. Take a bounded scale ("tanh", "gate", "soft-clip"), a lower learning rate, and look at the data for outliers and for columns with one value.'
        : crowded.length > 0
          ? 'At the bound the scale can hardly change: its gradient is nearly 0. Standardise the data, or give the flow more layers so that each has less to do.'
          : 'No row that the base could have drawn lies there: those rows count for next to nothing in the model. Look at the data for outliers, and at the layers’ log-scales.',
    evidence,
    view: 'splits',
    ...(far && { select: { kind: 'variable' as const, variable: furthest.variable } }),
  });
}
