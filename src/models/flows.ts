/**
 * NICE, RealNVP, MAF, IAF and Glow: what their entries say, as layers.
 *
 *   NICE     additive couplings, then a diagonal scaling (Dinh, Krueger & Bengio 2014, sections 3.2 and 3.3)
 *   RealNVP  affine couplings, batch normalisation between them (Dinh, Sohl-Dickstein & Bengio 2017, sections 3.2 and 3.7)
 *   MAF      autoregressive layers towards the base, with batch normalisation (Papamakarios, Pavlakou & Murray 2017)
 *   IAF      the same layers the other way round (Kingma et al. 2016)
 *
 * RealNVP of images, and Glow: `imageLayers.ts`.
 */
import type { Base } from '../flows/base.ts';
import { gaussian, logistic } from '../flows/bases.ts';
import { batchNorm } from '../flows/batchNorm.ts';
import { type Bijector, inverted } from '../flows/bijector.ts';
import { coupling } from '../flows/coupling.ts';
import type { Flow, FlowLayer } from '../flows/flow.ts';
import { maskedAutoregressive } from '../flows/maskedAutoregressive.ts';
import { permutation } from '../flows/permutation.ts';
import { levelScaling, logit } from '../flows/pixels.ts';
import { scaling } from '../flows/scaling.ts';
import type { MadeStructure } from '../masks/degrees.ts';
import type { ImageLayer } from '../masks/imageFlowLayers.ts';
import {
  flowBaseOf,
  type FlowLayerStructure,
  flowLayersOf,
  type FlowSpec,
  isImageFlow,
  isImageLayer,
} from '../masks/flowLayers.ts';
import { FlowModel } from './flowModel.ts';
import { baseFrom, layersFrom, layersToBuffers } from './flowBuffers.ts';
import { imageLayerOf } from './imageLayers.ts';
import { madeBase } from './madeBase.ts';
import type { Model } from './model.ts';

interface Sizes {
  readonly dimension: number;
  readonly contextDimension: number;
}

/** @throws RangeError when a split or a permutation that the spec gives does not fit the dimension. */
export function createFlow(spec: FlowSpec, dimension: number, seed: number, contextDimension: number): Model {
  const drawn = flowLayersOf(spec, dimension, seed, contextDimension);
  const drawnBase = flowBaseOf(spec, dimension, seed, contextDimension);
  const sizes = { dimension, contextDimension };
  return new FlowModel({
    type: spec.type,
    contextDimension,
    levels: spec.dequantise?.levels ?? null,
    buffers: layersToBuffers(drawn, drawnBase),
    assemble: (buffers): Flow => ({
      dimension,
      base: baseOf(spec, drawnBase && baseFrom(drawnBase, buffers), sizes),
      layers: layersFrom(drawn, buffers).map((structure) => placed(structure, spec, sizes)),
    }),
  });
}

function placed(structure: FlowLayerStructure, spec: FlowSpec, sizes: Sizes): FlowLayer {
  if (!isImageLayer(structure)) return layerOf(structure, spec, sizes);
  if (!isImageFlow(spec)) throw new RangeError(`${spec.type} has no layers of images`);
  return imageLayerOf(structure, spec, sizes);
}

function layerOf(structure: Exclude<FlowLayerStructure, ImageLayer>, spec: FlowSpec, sizes: Sizes): FlowLayer {
  const { dimension, contextDimension } = sizes;
  const { activation, hidden } = spec;
  switch (structure.kind) {
    case 'levels': {
      const about = `${structure.levels} grey levels with noise, divided by ${structure.levels}`;
      return {
        kind: 'pixels',
        title: 'Dequantised levels',
        about,
        bijector: levelScaling(dimension, structure.levels),
      };
    }
    case 'logit': {
      const about = `logit of α + (1 − 2α)·x, α = ${structure.alpha}`;
      return { kind: 'pixels', title: 'Logit', about, bijector: logit(dimension, structure.alpha) };
    }
    case 'coupling': {
      const { passes } = structure;
      const law = 'scale' in spec ? spec.scale : 'additive';
      const passing = passes.reduce((sum, one) => sum + one, 0);
      return {
        kind: 'coupling',
        title: law === 'additive' ? 'Additive coupling' : 'Affine coupling',
        about: `${passing} of ${dimension} variables pass and decide how the other ${dimension - passing} move`,
        bijector: coupling({ passes, hidden, activation, contextDimension, law }),
      };
    }
    case 'autoregressive':
      return autoregressive(structure.structure, spec, contextDimension);
    case 'permutation': {
      const { order } = structure;
      const reverse = order.every((from, to) => from === dimension - 1 - to);
      return {
        kind: 'permutation',
        title: reverse ? 'Reversal' : 'Permutation',
        about: reverse ? 'the last variable becomes the first' : 'variables change places',
        bijector: permutation(order),
      };
    }
    case 'batch-norm':
      return {
        kind: 'batch-norm',
        title: 'Batch normalisation',
        about:
          'every variable is shifted and scaled to mean 0 and variance 1 over the training rows, then by what is learnt',
        bijector: batchNorm({ dimension }),
      };
    case 'scaling':
      return {
        kind: 'scaling',
        title: 'Diagonal scaling',
        about: 'every variable has a scale of its own',
        bijector: scaling(dimension),
      };
  }
}

type Structure = Extract<FlowLayerStructure, { kind: 'autoregressive' }>['structure'];

function autoregressive(structure: Structure, spec: FlowSpec, contextDimension: number): FlowLayer {
  if (spec.type !== 'maf' && spec.type !== 'iaf') throw new RangeError(`${spec.type} has no autoregressive layers`);
  const { activation, scale, networks } = spec;
  const growing = spec.type === 'iaf' ? 'forward' : 'inverse';
  const layer: Bijector = maskedAutoregressive({ structure, activation, contextDimension, scale, networks, growing });
  if (spec.type === 'maf') {
    return {
      kind: 'autoregressive',
      title: 'Masked autoregressive layer',
      about: 'every variable moves as those before it decide; back, one after the other',
      bijector: layer,
    };
  }
  return {
    kind: 'inverse-autoregressive',
    title: 'Inverse autoregressive layer',
    about: 'every variable moves as what became of those before it decides: one after the other; back in one pass',
    // What the inverse of a triangle may depend on is the same triangle.
    bijector: inverted(layer, layer.dependencies),
  };
}

/** @param structure Of a base that is a MADE. */
function baseOf(spec: FlowSpec, structure: MadeStructure | null, { dimension, contextDimension }: Sizes): Base {
  if (spec.base === 'gaussian') return gaussian(dimension);
  if (spec.base === 'logistic') return logistic(dimension);
  const { activation, base } = spec;
  return madeBase({ structure: structure!, activation, contextDimension, components: base.components });
}
