/**
 * The sequential direction of a masked autoregressive layer by incremental evaluation (`layers/incremental.ts`): shift and
 * scale of a variable are known once those before it are, and every unit of the network is computed once. About one pass
 * where running the network for each variable takes D (Papamakarios et al. 2017, section 3.4, name the D passes as MAF's price).
 */
import { evaluate } from '../layers/incremental.ts';
import type { IncrementalNetwork } from '../layers/incrementalPlan.ts';
import type { NamedArrays } from '../runs/arrays.ts';
import type { Incremental } from './bijector.ts';
import type { MaskedAutoregressiveSettings } from './maskedAutoregressive.ts';
import { scales } from './scales.ts';

/** Of the layer with these settings: x_d = y_d·exp(s_d) + t_d, or what undoes that, one variable after the other. */
export function incrementalInverse(settings: MaskedAutoregressiveSettings): Incremental {
  const { scale, contextDimension, structure, growing = 'inverse' } = settings;
  const dimension = structure.order.length;
  const form = scales[scale];
  return {
    direction: 'inverse',
    *compute(parameters, given, rows, context) {
      const values = new Float32Array(rows * dimension);
      const logDet = new Float64Array(rows);
      const factors = parameters['factors']?.data;
      const evaluating = evaluate({
        networks: networksOf(settings, parameters),
        rows,
        context: contextDimension > 0 ? context : null,
        decide([m, r], row, d) {
          const at = row * dimension + d;
          const s = form.logScaleOf(r!, factors?.[d] ?? 1);
          const t = form.shiftOf(m!, r!);
          logDet[row]! += growing === 'forward' ? -s : s;
          values[at] = growing === 'forward' ? (given[at]! - t) * Math.exp(-s) : given[at]! * Math.exp(s) + t;
          return values[at];
        },
      });
      for (;;) {
        const { done, value } = evaluating.next();
        if (done) return { values, logDet, passes: value };
        yield value.share;
      }
    },
  };
}

function networksOf(settings: MaskedAutoregressiveSettings, parameters: NamedArrays): IncrementalNetwork[] {
  const { structure, activation, networks } = settings;
  const networkOf = (part: string, outputs: IncrementalNetwork['outputs']): IncrementalNetwork => {
    const units = (layer: string, context: string | null) => ({
      weight: parameters[`${part}.${layer}.weight`]!,
      companion: null,
      bias: parameters[`${part}.${layer}.bias`]!,
      context: (context !== null && parameters[`${part}.${context}.weight`]) || null,
    });
    return {
      order: structure.order,
      hidden: structure.hidden.map((degrees, l) => ({
        degrees,
        ...units(`hidden.${l}`, l === 0 ? 'context' : null),
      })),
      activation,
      output: units('output', 'contextToOutput'),
      direct: null,
      outputs,
    };
  };
  if (networks === 'one') return [networkOf('network', { perVariable: 2, sideBySide: 'all' })];
  return ['shift', 'scale'].map((part) => networkOf(part, { perVariable: 1, sideBySide: 'all' }));
}
