/** `inverse-error`: x that does not come back through the layers, since float32 has lost it or the way back is another map. */
import { inputName } from '../../text/notation.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import type { LayerRoundTrip } from './measurements/roundTrip.ts';
import { diagnostic, finding, notApplicable, notMeasured, ok, plural, short } from './outcome.ts';
import { LOST, roundTripError } from './tolerances.ts';

const ID = 'inverse-error';
/** The rounding of f(x) explains an error that is no larger than so many times its own. */
const EXPLAINED = 100;

export const inverseError = diagnostic({
  id: ID,
  needs: ['roundTrip'],
  topic: {
    title: 'Rows that do not come back',
    paragraphs: [
      'A flow is one map in two directions. What it draws is f⁻¹(u), what it scores is f(x); if the two do not undo each other, samples belong to another density than the one that is reported, and training says nothing of it, for it goes one way only.',
      'In float32 they never undo each other exactly. Where a layer scales by a small factor and adds a shift, the digits of x are rounded off beside the shift, and no way back brings them again; through many layers, and from variable to variable in an autoregressive one, such errors grow.',
      'Measured: rows of data through each layer and back, in float32; and the same way back in float64 from what float32 had for f(x). If that is lost, too, the numbers have not been there; if not, the way back is at fault.',
      'Of a logit and of a mixing all of that way is float64. Of layers that scale and shift the arithmetic is, while networks and statistics stay those of float32: scales and shifts are taken as they were on the way there, from x itself. What an autoregressive layer adds to an error from variable to variable on its way back is therefore not in it.',
    ],
  },
  judge,
});

function judge(context: ContextOf<'roundTrip'>): Outcome {
  const { roundTrip: facts, flow } = context;
  if (flow === null) return notApplicable(ID, NO_FLOW);
  if (facts === null) return notMeasured(ID, 'the way back through the layers has not been looked at');
  // Layers that exchange places and bring a variable back to another one are told by `order-inverse`.
  const lost = facts.layers.filter((layer) => !layer.exchanges && roundTripError(layer.worst) > LOST);
  const swapped = facts.layers.some((layer) => layer.exchanges && roundTripError(layer.worst) > LOST);
  const whole = facts.whole !== null && facts.whole > LOST && !swapped ? facts.whole : null;
  if (lost.length === 0 && whole === null) return ok(ID);

  const [worst] = lost.toSorted((a, b) => roundTripError(b.worst) - roundTripError(a.worst));
  const isWrong = lost.some((layer) => !isRounding(layer));
  const evidence: Evidence[] = [
    ...(worst
      ? [
          {
            label: `x before ${layerName(context, worst.layer)}, and what comes back`,
            value: `${short(worst.worst.x)} and ${short(worst.worst.back)}, of ${inputName(worst.worst.variable)}`,
          },
          ...(worst.replay === null
            ? []
            : [
                {
                  label: `Error of the way back in float64${worst.replay.float64 === 'all' ? '' : ', by float32’s scales and shifts'}, of 1 and the size of x`,
                  value: short(worst.replay.error),
                },
              ]),
        ]
      : []),
    {
      label: `Error through all ${plural(flow.length, 'layer')}, of 1 and the size of x`,
      value: facts.whole === null ? 'not measured' : short(facts.whole),
    },
    { label: 'Rows', value: plural(facts.rows, `${facts.split} row`) },
  ];
  return finding(ID, context, {
    severity:
      isWrong || !(Math.max(facts.whole ?? 0, ...lost.map(({ worst: two }) => roundTripError(two))) < 0.01)
        ? 'error'
        : 'warning',
    title: worst
      ? `Rows do not come back through ${layerName(context, worst.layer)}`
      : `Through all layers and back rows are off by ${short(whole!)}`,
    explanation: !worst
      ? 'Every layer by itself is undone, and the errors add up: each is small where it arises and is scaled by those that follow. Fewer layers, or bounded scales, keep them small.'
      : isWrong
        ? `The way back in float64${worst.replay?.float64 === 'arithmetic' ? ', by the same scales and shifts,' : ''} ${worst.replay === null ? 'could not be tried' : 'loses nothing'}: the layer’s inverse is another map. Look for a sign, for a scale that is multiplied where it is to be divided by, and for variables that are computed from what is not back yet.`
        : `Even in float64 these digits do not come back: float32 rounded them off on the way there, ${context.flow?.[worst.layer]?.kind === 'mixing' ? 'where variables nearly cancel out. A diagonal of the mixing that stays near 1 keeps them.' : 'beside a shift that is much larger. Bounded scales, data that are standardised, and scaled variables of one size keep them.'}`,
    evidence,
    view: 'samples',
    ...(worst && { select: { kind: 'variable' as const, variable: worst.worst.variable } }),
  });
}

/** Whether float32's rounding of f(x) explains what is lost. */
function isRounding({ worst, replay }: LayerRoundTrip): boolean {
  return replay !== null && roundTripError(worst) <= EXPLAINED * replay.error;
}
