/** `inverse-error`: x that does not come back through the layers, since float32 has lost it or the way back is another map. */
import { inputName } from '../../text/notation.ts';
import type { FlowLayerKind } from '../../flows/flow.ts';
import type { Evidence, Outcome } from '../findings.ts';
import type { ContextOf } from './context.ts';
import { layerName, NO_FLOW } from './flowLayers.ts';
import type { DrawnBack } from './measurements/drawnBack.ts';
import type { LayerRoundTrip } from './measurements/roundTrip.ts';
import { diagnostic, finding, notApplicable, notMeasured, ok, plural, short, some } from './outcome.ts';
import { LOST, roundTripError } from './tolerances.ts';

const ID = 'inverse-error';
/** The rounding of f(x) explains an error that is no larger than so many times its own. */
const EXPLAINED = 100;
/** f(f⁻¹(y)) is y within this of what f adds up: some hundred times the rounding of one sum. */
const AGAIN = 1e-4;

export const inverseError = diagnostic({
  id: ID,
  needs: ['roundTrip'],
  topic: {
    title: 'Rows that do not come back',
    paragraphs: [
      'A flow is one map in two directions. What it draws is f⁻¹(u), what it scores is f(x); if the two do not undo each other, samples belong to another density than the one that is reported, and training says nothing of it, for it goes one way only.',
      'In float32 they never undo each other exactly. Where a layer scales by a small factor and adds a shift, the digits of x are rounded off beside the shift, and no way back brings them again; through many layers, and from variable to variable in an autoregressive one, such errors grow.',
      'Measured: rows of data through each layer and back, in float32; and the same way back in float64 from what float32 had for f(x). If that is lost, too, the numbers have not been there; if not, the way back is at fault.',
      'Of a logit and of a mixing all of that way is float64. Of layers that scale and shift the arithmetic is, while networks and statistics stay those of float32: scales and shifts are taken as they were on the way there, from x itself.',
      'An autoregressive layer adds to an error from variable to variable on its way back: that may lose every digit of x though the way back is right. Whether it is, f tells: of what comes back it must be what it was of x, to the last digits. Only where it is not, the way back is another map.',
      'The sampler has a way of its own through the layers. Some rows are drawn with the u that they come from: they have to be what the layers lead this u back to, or at least be led to it.',
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
  // Layers that are wrong on the way back draw what they lead back to: they are told first.
  if (!lost.some(isAnotherMap) && isDrawnOtherwise(facts.drawn)) return drawnOtherwise(context, facts.drawn);
  if (lost.length === 0 && whole === null) {
    return facts.skipped.length === 0
      ? ok(ID)
      : notMeasured(
          ID,
          `the way back through ${some(facts.skipped.map((layer) => layerName(context, layer)))} goes one variable after the other, a pass for each, and has not been looked at`,
        );
  }

  const isWrong = lost.some(isAnotherMap);
  const [worst] = lost
    .filter((layer) => !isWrong || isAnotherMap(layer))
    .toSorted((a, b) => roundTripError(b.worst) - roundTripError(a.worst));
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
                  label: `Error of the way back ${REPLAYS[worst.replay.float64]}, of 1 and the size of x`,
                  value: short(worst.replay.error),
                },
              ]),
          ...(worst.again === null
            ? []
            : [{ label: 'Error of f(f⁻¹(y)), of what f adds up to y', value: short(worst.again) }]),
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
        ? `${whyAnother(worst)}: the layer’s inverse is another map. Look for a sign, for a scale that is multiplied where it is to be divided by, and for variables that are computed from what is not back yet.`
        : whyLost(context.flow?.[worst.layer]?.kind),
    evidence,
    view: 'samples',
    ...(worst && { select: { kind: 'variable' as const, variable: worst.worst.variable } }),
  });
}

/** Rounding may lead single rows astray; another map leads nearly all. */
function isDrawnOtherwise(drawn: DrawnBack | null): drawn is DrawnBack {
  return drawn !== null && drawn.worst !== null && 2 * drawn.astray > drawn.rows;
}

function drawnOtherwise(context: ContextOf<'roundTrip'>, { rows, astray, worst }: DrawnBack): Outcome {
  return finding(ID, context, {
    severity: 'error',
    title: 'Rows are drawn by another map than they are scored by',
    explanation:
      'The model draws u and leads it back by itself. What it returns is not what the layers lead this u back to, though each of them undoes its own way there: samples are not those of the density. Look for a layer that drawing leaves out, goes twice or in another order.',
    evidence: [
      { label: 'Rows drawn, and of them astray', value: `${rows} and ${astray}` },
      ...(worst
        ? [
            {
              label: `${inputName(worst.variable)} as it was drawn, and as the layers lead the same u back`,
              value: `${short(worst.drawn)} and ${short(worst.back)}`,
            },
          ]
        : []),
    ],
    view: 'samples',
  });
}

const REPLAYS = {
  all: 'in float64',
  arithmetic: 'in float64, by float32’s scales and shifts',
  incremental: 'one variable after the other, sums in float64',
} as const;

/** Whether what is lost is not explained by float32's rounding of f(x). */
function isAnotherMap({ worst, replay, again }: LayerRoundTrip): boolean {
  if (again !== null) return !(again <= AGAIN);
  return replay === null || !(roundTripError(worst) <= EXPLAINED * replay.error);
}

function whyAnother({ again, replay }: LayerRoundTrip): string {
  if (again !== null) return 'f of what comes back is not what it was of x';
  return `The way back in float64 ${replay === null ? 'could not be tried' : 'loses nothing'}`;
}

function whyLost(kind: FlowLayerKind | undefined): string {
  if (kind === 'mixing') {
    return 'Even in float64 these digits do not come back: float32 rounded them off on the way there, where variables nearly cancel out. A diagonal of the mixing that stays near 1 keeps them.';
  }
  if (kind === 'autoregressive') {
    return 'f of what comes back is what it was of x: the way back is that of f, and float32 loses x on it. Rounding of one variable moves the shifts and scales of those after it, and grows from each to the next along the order. Bounded scales, smaller weights and more layers that each do less keep it small.';
  }
  return 'These digits do not come back by any arithmetic: float32 rounded them off on the way there, beside a shift that is much larger. Bounded scales, data that are standardised, and scaled variables of one size keep them.';
}
