/** Frames of a flow made up without computing one: couplings and a ring of places, for figures and for the page. */
import { WHOLE_FLOW, type FlowJacobianFrame, type PairValue } from '../../../src/inspection/frames/flowJacobian.ts';
import type { ImageSize } from '../../../src/spec/imageShape.ts';
import { SPREAD_BINS, type Spread, type SplitLayer, type SplitsFrame } from '../../../src/inspection/frames/splits.ts';
import { bitsOf, hasBit, type BitMatrix } from '../../../src/masks/bits.ts';
import { blockForm, booleanProduct } from '../../../src/masks/blocks.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';

interface Shown {
  readonly version: number;
  readonly step: number;
  readonly epoch: number;
  readonly mask: number;
  readonly maskCount: number;
}

export interface MadeUpFlow {
  readonly dimension: number;
  readonly image?: ImageSize | null;
  readonly shown?: Shown;
  /** `nothing` leaves its last place alone: never moved. */
  readonly splits?: 'alternating' | 'nothing';
}

const once: Shown = { version: 1, step: 1200, epoch: 12, mask: 0, maskCount: 1 };

interface Layer {
  readonly kind: SplitLayer['kind'];
  readonly title: string;
  readonly about: string;
  readonly moves: Uint8Array;
  readonly origin: Int32Array;
  readonly additive: boolean;
}

const places = (dimension: number) => Int32Array.from({ length: dimension }, (_, d) => d);

/** Affine couplings of both kinds about a change of places, an additive one and a scaling. */
function layersOf({ dimension, image = null, splits = 'alternating' }: MadeUpFlow): Layer[] {
  const still = splits === 'nothing' ? dimension - 1 : -1;
  const parity = (d: number) => (image ? (Math.floor(d / image[1]) + (d % image[1])) % 2 : d % 2);
  const coupling = (odd: number, additive = false): Layer => ({
    kind: 'coupling',
    title: additive ? 'Additive coupling' : 'Affine coupling',
    about: odd ? 'the second of every two moves' : 'the first of every two moves',
    moves: Uint8Array.from({ length: dimension }, (_, d) => (parity(d) === odd && d !== still ? 1 : 0)),
    origin: places(dimension),
    additive,
  });
  // Three in a ring, the others in their places.
  const ring = places(dimension).map((d) => (d < 3 && dimension >= 3 ? (d + 1) % 3 : d));
  return [
    coupling(1),
    {
      kind: 'permutation',
      title: 'Permutation',
      about: 'three change places',
      moves: new Uint8Array(dimension),
      origin: image ? places(dimension) : ring,
      additive: true,
    },
    coupling(0),
    coupling(1, true),
    {
      kind: 'scaling',
      title: 'Scaling',
      about: 'every variable by a factor',
      moves: new Uint8Array(dimension).fill(1),
      origin: places(dimension),
      additive: false,
    },
  ];
}

const mixes = ({ kind }: Layer) => kind === 'coupling';

function structureOf({ moves, origin }: Layer, own: Layer): BitMatrix {
  const dimension = moves.length;
  return bitsOf(dimension, dimension, (i, j) => origin[i] === j || (mixes(own) && moves[i] === 1 && moves[j] === 0));
}

function spreadOf(
  layer: Layer,
  middle: (place: number) => number,
  range: readonly [number, number],
  seed: number,
): Spread {
  const dimension = layer.moves.length;
  const random = RandomGenerator.seeded(seed, 'spread');
  const counts = new Uint16Array(dimension * SPREAD_BINS);
  const pooled = new Uint32Array(SPREAD_BINS);
  const reach = Math.max(-range[0], range[1]);
  const at = (d: number) => (layer.moves[d] === 1 ? middle(d) : 0);
  for (let d = 0; d < dimension; d++) {
    if (layer.moves[d] === 0) continue;
    for (let n = 0; n < 60; n++) {
      const value = at(d) + 0.2 * random.normal();
      const bin = (SPREAD_BINS - 1) / 2 + Math.round((SPREAD_BINS * value) / (2 * reach));
      const kept = Math.min(SPREAD_BINS - 1, Math.max(0, bin));
      counts[d * SPREAD_BINS + kept]!++;
      pooled[kept]!++;
    }
  }
  const values = (off: number) =>
    Float32Array.from({ length: dimension }, (_, d) => (layer.moves[d] === 1 ? at(d) + off : 0));
  return {
    mean: values(0),
    low: values(-0.3),
    high: values(0.3),
    counts: dimension > 800 ? null : counts,
    reach,
    pooled,
  };
}

export function splitsFrame(o: MadeUpFlow): SplitsFrame {
  const { dimension, image = null, shown = once } = o;
  const made = layersOf(o);
  const range = { logScale: [-1.2, 1] as const, shift: [-1.5, 1.5] as const };
  let variable = places(dimension);
  const times = new Int32Array(dimension);
  const layers = made.map((layer, l): SplitLayer => {
    const before = variable;
    variable = layer.origin.map((place) => before[place]!);
    if (mixes(layer)) for (const [place, own] of variable.entries()) times[own]! += layer.moves[place]!;
    const { kind, title, about, origin, moves } = layer;
    const wave = (by: number) => (d: number) => 0.5 * Math.sin(0.7 * d + l + by + shown.step / 2000);
    return {
      ...{ kind, title, about, origin, variable, moves, mixes: mixes(layer) },
      logScale: layer.additive ? null : spreadOf(layer, wave(0), range.logScale, l),
      shift: mixes(layer) ? spreadOf(layer, wave(2), range.shift, l + 9) : null,
      logDet: layer.additive
        ? { mean: 0, deviation: 0 }
        : { mean: 0.8 - 0.5 * l, deviation: kind === 'scaling' ? 0 : 0.3 },
    };
  });
  return {
    kind: 'splits',
    ...shown,
    dimension,
    image,
    split: 'validation',
    dataRows: 60,
    base: 'standard Gaussian',
    layers,
    times,
    range,
  };
}

/** @param leaks entries outside the structure that differ from 0; @param wrong by how much the stated log|det| is off */
export function flowJacobianFrame(
  o: MadeUpFlow & { readonly layer?: number; readonly leaks?: readonly PairValue[]; readonly wrong?: number },
): FlowJacobianFrame {
  const { dimension, shown = once, layer = WHOLE_FLOW, leaks = [], wrong = 0 } = o;
  const made = layersOf(o);
  const variablesAt = (stage: number) =>
    made.slice(0, stage).reduce((own, { origin }) => origin.map((place) => own[place]!), places(dimension));
  const chosen = layer === WHOLE_FLOW ? made : [made[layer]!];
  const structures = chosen.map((own) => structureOf(own, own));
  const structure = structures.reduce((before, after) => booleanProduct(after, before));
  const origin = chosen.reduce((own, part) => part.origin.map((place) => own[place]!), places(dimension));
  const values = new Float32Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < dimension; j++) {
      if (!hasBit(structure, i, j)) continue;
      values[i * dimension + j] =
        origin[i] === j ? 1 : 0.6 * Math.abs(Math.sin(3 * i + 5 * j + shown.step / 3000)) ** 3;
    }
  }
  for (const { output, input, value } of leaks) values[output * dimension + input] = value;
  const [first, end] = layer === WHOLE_FLOW ? [0, made.length] : [layer, layer + 1];
  const stated = Float64Array.from({ length: 12 }, (_, n) => -0.4 + 1.3 * Math.sin(2.1 * n + shown.step / 900));
  return {
    kind: 'flowJacobian',
    ...shown,
    dimension,
    layer,
    layers: made.map(({ kind, title }) => ({ kind, title })),
    reason: null,
    structure,
    origin,
    variables: { before: variablesAt(first), after: variablesAt(end) },
    form: blockForm(structure, origin),
    split: 'validation',
    dataRows: 12,
    values,
    coding: null,
    notFinite: 0,
    leaks: leaks.length,
    largestLeaks: leaks,
    stated,
    numeric: stated.map((own, n) => own + 1e-6 * Math.cos(7 * n) - (n === 3 ? wrong : 0)),
  };
}
