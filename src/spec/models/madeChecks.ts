/** What a schema cannot say of a MADE: lists that do not fit, units that are cut off, options without effect. */
import { complain, type Complaint } from '../complaint.ts';
import type { ModelSituation } from './entry.ts';
import type { MadeSpec } from './made.ts';
import { checkOrder } from './orderChecks.ts';

/** Keys that are wrong by the schema are absent. */
type SoundKeys = Partial<MadeSpec>;

export function checkMade(spec: SoundKeys, situation: ModelSituation): Complaint[] {
  return [
    ...checkOrder(spec.order, situation),
    ...checkDegrees(spec, situation),
    ...checkMasks(spec, situation),
    ...checkConditioning(spec),
  ];
}

function checkDegrees(spec: SoundKeys, { dimension, contextDimension = 0 }: ModelSituation): Complaint[] {
  const { degrees, hidden } = spec;
  if (degrees === undefined || typeof degrees === 'string') return [];
  const layers = degrees.length === 1 ? '1 list' : `${degrees.length} lists`;
  if (hidden !== undefined && degrees.length !== hidden.length) {
    const wanted = hidden.length === 1 ? '1 hidden layer' : `${hidden.length} hidden layers`;
    return [
      complain('error', ['model', 'degrees'], `degrees has ${layers}; the model has ${wanted}, and each needs a list`),
    ];
  }
  const lengths = degrees.flatMap((layer, l) =>
    hidden === undefined || layer.length === hidden[l]
      ? []
      : [
          complain(
            'error',
            ['model', 'degrees', l],
            `degrees of hidden layer ${l + 1} has ${layer.length} entries; the layer has ${hidden[l]} units`,
          ),
        ],
  );
  // With one variable there is nothing to depend on: every unit is idle, and that is right.
  if (lengths.length > 0 || dimension === 1) return lengths;
  // A context has degree 0; where it is not known, units of degree 0 may be there for one.
  const cutOff = [...cutOffBelow(degrees, contextDimension === 0 ? 1 : 0), ...cutOffAbove(degrees, dimension)];
  return [...cutOff, ...lostPairs(spec, degrees, dimension)];
}

type Degrees = readonly (readonly number[])[];

/**
 * Units that no input reaches: of degree 0, or below every reached unit of the layer beneath. Inputs have degrees 1 … D,
 * a context 0.
 */
function cutOffBelow(degrees: Degrees, lowestInput: 0 | 1): Complaint[] {
  const complaints: Complaint[] = [];
  let lowest: number = lowestInput;
  for (const [l, layer] of degrees.entries()) {
    const cut = unitsWhere(layer, (degree) => degree < lowest);
    if (cut.length > 0) {
      const beneath = l === 0 ? 'no input has a degree so low' : `no unit below that sees an input has a degree so low`;
      complaints.push(
        complain(
          'warning',
          ['model', 'degrees', l, cut[0]!],
          `${unitsText(cut, layer, l)} cut off from the inputs: ${beneath}`,
        ),
      );
    }
    lowest = layer.filter((degree) => degree >= lowest).reduce((a, b) => Math.min(a, b), Infinity);
  }
  return complaints;
}

/** Units that reach no output: of degree D or more, or above every unit of the next layer that does. */
function cutOffAbove(degrees: Degrees, dimension: number | null): Complaint[] {
  const complaints: Complaint[] = [];
  let highest = dimension === null ? Infinity : dimension - 1;
  for (let l = degrees.length - 1; l >= 0; l--) {
    const layer = degrees[l]!;
    const cut = unitsWhere(layer, (degree) => degree > highest);
    if (cut.length > 0) {
      const above =
        l === degrees.length - 1
          ? `outputs see units of degree at most ${highest}`
          : 'no unit above that reaches an output has a degree so high';
      complaints.push(
        complain(
          'warning',
          ['model', 'degrees', l, cut[0]!],
          `${unitsText(cut, layer, l)} cut off from the outputs: ${above}`,
        ),
      );
    }
    highest = layer.filter((degree) => degree <= highest).reduce((a, b) => Math.max(a, b), -Infinity);
  }
  return complaints;
}

function unitsWhere(layer: readonly number[], cut: (degree: number) => boolean): number[] {
  return [...layer.keys()].filter((k) => cut(layer[k]!));
}

/** `unit 3 (degree 0) of hidden layer 1 is`, `units 3, 5 and 2 more … are` */
function unitsText(units: readonly number[], layer: readonly number[], l: number): string {
  const [first] = units;
  if (first !== undefined && units.length === 1) {
    return `unit ${first + 1} (degree ${layer[first]!}) of hidden layer ${l + 1} is`;
  }
  const named = units.slice(0, 3).map((k) => `${k + 1} (degree ${layer[k]!})`);
  const more = units.length > named.length ? ` and ${units.length - named.length} more` : '';
  return `units ${named.join(', ')}${more} of hidden layer ${l + 1} are`;
}

/**
 * Pairs that should depend and do not. A variable of degree d comes through the units of lowest degree ≥ d, layer by
 * layer; the outputs up to where it leaves the last layer have lost it.
 */
function lostPairs(spec: SoundKeys, degrees: Degrees, dimension: number | null): Complaint[] {
  if (spec.direct !== false || dimension === null) return [];
  const sorted = degrees.map((layer) => [...layer].sort((a, b) => a - b));
  let lost = 0;
  let worst: { degree: number; from: number } | null = null;
  for (let degree = 1; degree < dimension; degree++) {
    const leaves = sorted.reduce((at, layer) => layer.find((unit) => unit >= at) ?? Infinity, degree);
    const seenFrom = Math.min(leaves, dimension) + 1;
    const pairs = seenFrom - 1 - degree;
    if (pairs > 0 && (worst === null || pairs > worst.from - 1 - worst.degree)) worst = { degree, from: seenFrom };
    lost += pairs;
  }
  if (worst === null) return [];
  const all = (dimension * (dimension - 1)) / 2;
  const example =
    worst.from > dimension
      ? `no output sees the variable of degree ${worst.degree}`
      : `the variable of degree ${worst.degree} is seen from degree ${worst.from} on instead of ${worst.degree + 1}`;
  return [
    complain(
      'warning',
      ['model', 'degrees'],
      `${lost} of ${all} dependencies are lost: ${example}; every layer needs units of every degree 1 … ${dimension - 1}`,
      'key',
    ),
  ];
}

/** Whether masks differ in anything, as far as the keys that are sound tell. */
function masksDiffer({ masks, orderAgnostic, connectivityAgnostic, freshMasks, degrees }: SoundKeys): boolean {
  if (masks === 1 && freshMasks !== true) return false;
  return orderAgnostic === true || (connectivityAgnostic === true && degrees === 'random');
}

function checkMasks(spec: SoundKeys, { written }: ModelSituation): Complaint[] {
  const { masks, orderAgnostic, connectivityAgnostic, freshMasks, degrees } = spec;
  if (masks === undefined || orderAgnostic === undefined || freshMasks === undefined) return [];
  if (connectivityAgnostic === undefined || degrees === undefined) return [];
  const draws = degrees === 'random';
  const complaints: Complaint[] = [];
  const noEffect = (key: string, why: string) => {
    if (written.has(key)) complaints.push(complain('warning', ['model', key], `${key} has no effect: ${why}`, 'key'));
  };
  if (masks === 1 && !freshMasks) {
    const why = 'there is one mask; set masks to several, or freshMasks';
    if (orderAgnostic) noEffect('orderAgnostic', why);
    if (connectivityAgnostic) noEffect('connectivityAgnostic', why);
    return complaints;
  }
  if (connectivityAgnostic && !draws) {
    noEffect(
      'connectivityAgnostic',
      `degrees are ${degrees === 'even' ? '"even"' : 'given'}, so every mask has the same`,
    );
  }
  if (!masksDiffer(spec)) {
    const way = draws ? 'orderAgnostic or connectivityAgnostic' : 'orderAgnostic, or degrees to "random"';
    complaints.push(
      freshMasks
        ? complain(
            'warning',
            ['model', 'freshMasks'],
            `freshMasks has no effect: every mask is the same; set ${way}`,
            'key',
          )
        : complain(
            'warning',
            ['model', 'masks'],
            `all ${masks} masks are the same; set ${way} so that they differ, or masks to 1`,
          ),
    );
  }
  return complaints;
}

/** Under a single structure U adds a constant to each unit, which is what its bias does. */
function checkConditioning(spec: SoundKeys): Complaint[] {
  const { masks, orderAgnostic, connectivityAgnostic, freshMasks, degrees, conditioning } = spec;
  const needed = [masks, orderAgnostic, connectivityAgnostic, freshMasks, degrees];
  if (conditioning !== true || needed.includes(undefined) || masksDiffer(spec)) return [];
  return [
    complain(
      'warning',
      ['model', 'conditioning'],
      'conditioning adds nothing that biases do not: every minibatch has the same mask; set masks to several that differ, ' +
        'or freshMasks',
      'key',
    ),
  ];
}
