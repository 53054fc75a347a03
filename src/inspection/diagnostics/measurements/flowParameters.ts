/** What the parameters of a flow's layers tell without any rows: which are alike, and which can hardly be inverted. */
import { conditionNumber } from '../../../flows/linear.ts';
import { mixingMatrix } from '../../../flows/mixing.ts';
import { ofLayer } from '../../../flows/flow.ts';
import { download } from '../../../layers/namedTensors.ts';
import { parameterCount } from '../../../models/parameters.ts';
import type { NamedArrays } from '../../../runs/arrays.ts';
import { lacksNetwork } from '../flowLayers.ts';
import { flowOf } from '../../flowPassage.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import type { Measurement } from './measurement.ts';

/** Most parameters, by depth: all of them are read back. */
const PARAMETERS = { facts: 0, cheap: 2_000_000, full: 50_000_000 } as const;

export interface FlowParameters {
  /** Layers with networks: pairs, the later one and the first whose parameters have the same bits. */
  readonly alike: readonly { readonly layer: number; readonly of: number }[];
  /** Condition number of each mixing layer's matrix. */
  readonly mixing: readonly { readonly layer: number; readonly condition: number }[];
  /** Smallest and largest log-scale of each ActNorm. */
  readonly actNorm: readonly { readonly layer: number; readonly least: number; readonly most: number }[];
  /** Layers of batch normalisation whose statistics are those that a layer begins with. */
  readonly unmeasured: readonly number[];
}

export const flowParameters: Measurement<FlowParameters> = {
  depth: 'cheap',
  applies: (model, depth) => model.flow !== undefined && parameterCount(model) <= PARAMETERS[depth],
  measure,
};

async function* measure({ source: { model }, parameters }: Snapshot): Chunked<FlowParameters> {
  const { layers } = flowOf(model);
  const alike: { layer: number; of: number }[] = [];
  const mixing: { layer: number; condition: number }[] = [];
  const actNorm: { layer: number; least: number; most: number }[] = [];
  const unmeasured: number[] = [];
  const networks: { readonly layer: number; readonly own: NamedArrays }[] = [];
  for (const [layer, { kind }] of layers.entries()) {
    const own = await download(ofLayer(parameters, layer));
    if (kind === 'mixing') mixing.push({ layer, condition: conditionNumber(mixingMatrix(own)) });
    else if (kind === 'act-norm') {
      const scales = own['logScale']!.data;
      const range = { least: Infinity, most: -Infinity };
      for (const s of scales) {
        range.least = Math.min(range.least, s);
        range.most = Math.max(range.most, s);
      }
      actNorm.push({ layer, ...range });
    } else if (kind === 'batch-norm') {
      const isFresh = own['mean']!.data.every((m) => m === 0) && own['variance']!.data.every((v) => v === 1);
      if (isFresh) unmeasured.push(layer);
    } else if (!lacksNetwork(kind)) {
      const first = networks.find(({ own: other }) => sameBits(own, other));
      if (first) alike.push({ layer, of: first.layer });
      else networks.push({ layer, own });
    }
    yield;
  }
  return { alike, mixing, actNorm, unmeasured };
}

/** Whether all of it is the same, and not all of it 0: layers that have not begun to be anything are no copies. */
function sameBits(a: NamedArrays, b: NamedArrays): boolean {
  const names = Object.keys(a);
  return (
    names.length > 0 &&
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [own, other] = [a[name]!.data, b[name]?.data];
      return other?.length === own.length && own.every((value, i) => Object.is(value, other[i]));
    }) &&
    names.some((name) => a[name]!.data.some((value) => value !== 0))
  );
}
