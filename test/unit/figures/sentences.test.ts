import { describe, expect, it } from 'vitest';
import { jacobianAxes, jacobianFigure, jacobianPixels, jacobianRange } from '../../../src/figures/jacobian.tsx';
import { themeFor } from '../../../src/figures/theme.ts';
import { jacobianPrecision, jacobianReading, jacobianSentence } from '../../../src/figures/jacobianWords.ts';
import { curvesReading, samplesReading } from '../../../src/figures/runSentences.ts';
import { recentTrain } from '../../../src/figures/series.ts';
import type { EpochMetric } from '../../../src/runs/metrics.ts';
import {
  connectivityReading,
  focusSentence,
  masksReading,
  orderSentence,
  pairSentence,
  pathsReading,
  unitSentence,
} from '../../../src/figures/sentences.ts';
import { leaksOf } from '../../../src/inspection/jacobian.ts';
import { encodeJacobian } from '../../../src/inspection/jacobianCodes.ts';
import { countBits, packed } from '../../../src/masks/bits.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import { fromMasks } from '../../../src/masks/byMasks.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import { maskOf } from '../../../src/masks/matrix.ts';
import { madeMasks, strictTriangle } from '../../../src/masks/masks.ts';
import { countWeights } from '../../../src/masks/weightCount.ts';
import { jacobianFrame, leaky, made, metrics, samplesFrame, strictEverywhere, three } from './fixtures.ts';

const x̂ = (n: string) => `x\u0302${n}`;
const report = (structure: MadeStructure) => fromDegrees(structure).report();

const exactly = (value: number) => ({ value, error: 0 });

describe('a unit in words', () => {
  it('says what an output depends on and by how many paths', () => {
    expect(unitSentence(fromDegrees(three), { layer: 2, unit: 2 })).toBe(`${x̂('₃')} depends on x₁ and x₂: 6 paths.`);
    expect(unitSentence(fromDegrees(three), { layer: 2, unit: 1 })).toBe(`${x̂('₂')} depends on x₁: 2 paths.`);
  });

  it('says that the first output depends on nothing and the last input is not heard', () => {
    expect(unitSentence(fromDegrees(three), { layer: 2, unit: 0 })).toBe(
      `${x̂('₁')} is first in the order: it depends on no input, its bias alone sets it.`,
    );
    expect(unitSentence(fromDegrees(three), { layer: 0, unit: 2 })).toBe(
      'x₃ is last in the order: no output depends on it.',
    );
  });

  it('says who depends on an input and what a hidden unit joins', () => {
    expect(unitSentence(fromDegrees(three), { layer: 0, unit: 0 })).toBe(
      `${x̂('₂')} and ${x̂('₃')} depend on x₁: 6 paths.`,
    );
    expect(unitSentence(fromDegrees(three), { layer: 1, unit: 1 })).toBe(
      `h₂ (degree 2) depends on x₁ and x₂ and is used by ${x̂('₃')}.`,
    );
  });

  it('says of units that are cut off that they are', () => {
    const cut: MadeStructure = { order: Int32Array.of(1, 2), hidden: [Int32Array.of(0, 2, 1)], direct: false };
    expect(unitSentence(fromDegrees(cut), { layer: 1, unit: 0 })).toBe(
      `h₁ (degree 0) sees no input but is used by ${x̂('₁')} and ${x̂('₂')}.`,
    );
    expect(unitSentence(fromDegrees(cut), { layer: 1, unit: 1 })).toBe(
      'h₂ (degree 2) depends on x₁ and x₂ but reaches no output.',
    );
    expect(fromDegrees(cut).cutOff()).toEqual([
      { layer: 1, unit: 0, from: 'inputs' },
      { layer: 1, unit: 1, from: 'outputs' },
    ]);
    expect(masksReading(fromDegrees(cut))).toContain('1 hidden unit sees no input; 1 hidden unit reaches no output.');
  });

  it('counts instead of listing where there are many', () => {
    const sentence = unitSentence(fromDegrees(made(100, [200])), { layer: 2, unit: 99 });
    expect(sentence).toMatch(/^x̂₁₀₀ depends on \d+ inputs, x₁ … x\S+: [\d,]+ paths\.$/u);
  });
});

describe('a pair in words', () => {
  it('tells paths, what must not be, and why', () => {
    expect(pairSentence(fromDegrees(three), { layer: 0, unit: 0 }, { layer: 2, unit: 2 })).toBe(
      `${x̂('₃')} depends on x₁: 4 paths.`,
    );
    expect(pairSentence(fromDegrees(three), { layer: 0, unit: 2 }, { layer: 2, unit: 0 })).toBe(
      `${x̂('₁')} must not depend on x₃: x₃ comes later in the order.`,
    );
    expect(pairSentence(fromDegrees(three), { layer: 0, unit: 1 }, { layer: 2, unit: 1 })).toBe(
      `${x̂('₂')} must not depend on x₂: an output never sees its own input.`,
    );
  });

  it('gives the weight between neighbours, or says that the mask is 0', () => {
    const focus = { unit: { layer: 1, unit: 1 }, from: { layer: 0, unit: 0 } };
    expect(focusSentence(fromDegrees(three), focus, { value: -0.019, error: 0.0016 })).toBe(
      'h₂ (degree 2) sees x₁ (degree 1): weight ≈ −0.019 ± 0.002.',
    );
    expect(focusSentence(fromDegrees(three), focus, { value: 0, error: 0.0055 })).toBe(
      'h₂ (degree 2) sees x₁ (degree 1): |weight| < 0.006.',
    );
    expect(pairSentence(fromDegrees(three), { layer: 0, unit: 2 }, { layer: 1, unit: 0 })).toBe(
      'h₁ (degree 1) does not see x₃ (degree 3): the mask is 0.',
    );
  });

  it('says that a required pair is lost', () => {
    const lossy: MadeStructure = { order: Int32Array.of(1, 2, 3), hidden: [Int32Array.of(1, 1)], direct: false };
    expect(pairSentence(fromDegrees(lossy), { layer: 0, unit: 1 }, { layer: 2, unit: 2 })).toBe(
      `${x̂('₃')} should depend on x₂, earlier in the order, but no path joins them.`,
    );
  });
});

describe('readings', () => {
  it('counts weights as the masks do', () => {
    for (const structure of [three, made(9, [7, 5], { direct: true, order: 'random' }), made(1, [3])]) {
      const { hidden, output, direct } = madeMasks(structure);
      const masks = [...hidden, output, ...(direct ? [direct] : [])];
      expect(countWeights(fromDegrees(structure))).toEqual({
        existing: masks.reduce((sum, mask) => sum + countBits(packed(mask)), 0),
        all: masks.reduce((sum, mask) => sum + mask.cells.length, 0),
      });
    }
  });

  it('reads connectivity and paths, sound and lossy', () => {
    const sound = made(79, [300], { degrees: 'even' });
    expect(connectivityReading(fromDegrees(sound))).toMatch(
      /^Every output sees only earlier inputs: 0 of 3,160 forbidden pairs are joined\. /,
    );
    expect(pathsReading(report(sound))).toBe(
      'Paths join exactly the pairs they should: 0 of 3,160 forbidden pairs, all of 3,081 required ones.',
    );
    const lossy: MadeStructure = { order: Int32Array.of(1, 2, 3), hidden: [Int32Array.of(1, 1)], direct: false };
    expect(pathsReading(report(lossy))).toBe(`1 of 3 required pairs are lost, such as ${x̂('₃')} ← x₂.`);
    expect(pathsReading(report(made(1, [2])))).toContain('no pair to join');
  });

  it('reads what leaks and what is lost off the masks, whatever the degrees would have', () => {
    const structure = made(8, [12], { degrees: 'even' });
    const leaking = fromMasks(leaky(structure), structure.order, structure.hidden);
    expect(leaking.report().leaks).toHaveLength(7);
    expect(connectivityReading(leaking)).toMatch(
      new RegExp(`^7 of 36 forbidden pairs are joined, such as ${x̂('₁')} ← x₁\\. `, 'u'),
    );
    expect(pathsReading(leaking.report())).toBe(`7 of 36 forbidden pairs are joined, such as ${x̂('₁')} ← x₁.`);
    expect(masksReading(leaking)).toMatch(
      / 12 weights of W and 12 of V lie on paths that leak: 7 of 36 forbidden pairs joined\.$/,
    );
    const square = fromMasks(
      strictEverywhere(8, 2),
      Int32Array.from({ length: 8 }, (_, d) => d + 1),
    );
    expect(square.report().losses).toHaveLength(7);
    expect(connectivityReading(square)).toMatch(
      new RegExp(
        `^Every output sees only earlier inputs: 0 of 36 forbidden pairs are joined, but 7 of 28 required pairs are lost, such as ${x̂('₂')} ← x₁\\. `,
        'u',
      ),
    );
    expect(pathsReading(square.report())).toBe(`7 of 28 required pairs are lost, such as ${x̂('₂')} ← x₁.`);
  });

  it('says of units and pairs that leak or are lost that they do', () => {
    const leaking = fromMasks(leaky(three), three.order, three.hidden);
    expect(unitSentence(leaking, { layer: 2, unit: 1 })).toBe(
      `${x̂('₂')} depends on x₁ and x₂: 6 paths. A leak: it must not depend on x₂.`,
    );
    expect(unitSentence(leaking, { layer: 0, unit: 1 })).toBe(
      `${x̂('₂')} and ${x̂('₃')} depend on x₂: 4 paths. A leak: ${x̂('₂')} must not.`,
    );
    expect(unitSentence(leaking, { layer: 1, unit: 1 })).toBe(
      `h₂ (degree 2) depends on x₁ and x₂ and is used by ${x̂('₂')} and ${x̂('₃')}. A leak runs through it: ${x̂('₂')} ← x₂.`,
    );
    expect(pairSentence(leaking, { layer: 0, unit: 1 }, { layer: 2, unit: 1 })).toBe(
      `A leak: 2 paths from x₂ to ${x̂('₂')}, but an output never sees its own input.`,
    );
    expect(pairSentence(leaking, { layer: 1, unit: 1 }, { layer: 2, unit: 1 }, exactly(0.5))).toBe(
      `${x̂('₂')} (degree 2) sees h₂ (degree 2): weight 0.5. A leak runs along it.`,
    );
    expect(pairSentence(leaking, { layer: 1, unit: 0 }, { layer: 2, unit: 1 }, exactly(0.5))).toBe(
      `${x̂('₂')} (degree 2) sees h₁ (degree 1): weight 0.5.`,
    );
    const square = fromMasks(strictEverywhere(4, 2), Int32Array.of(1, 2, 3, 4));
    expect(unitSentence(square, { layer: 2, unit: 3 })).toBe(
      `${x̂('₄')} depends on x₁ and x₂: 3 paths. Lost: 1 earlier input has no path to it.`,
    );
    expect(unitSentence(square, { layer: 0, unit: 0 })).toBe(
      `${x̂('₃')} and ${x̂('₄')} depend on x₁: 3 paths. Lost: it has no path to 1 later output.`,
    );
    expect(unitSentence(square, { layer: 1, unit: 1 })).toBe(
      `h₂ depends on x₁ and is used by ${x̂('₃')} and ${x̂('₄')}.`,
    );
  });

  it('says that there is no hidden layer, and gives the weight between an input and an output', () => {
    const order = Int32Array.of(1, 2, 3);
    const lone = fromMasks({ masks: [strictTriangle(order)], direct: null }, order);
    expect(masksReading(lone)).toBe('3 of 9 weights exist (33.3\u00a0%). There is no hidden layer.');
    expect(pairSentence(lone, { layer: 0, unit: 0 }, { layer: 1, unit: 2 }, exactly(-0.25))).toBe(
      `${x̂('₃')} depends on x₁: 1 path, weight −0.25.`,
    );
  });

  it('reads the Jacobian, sound and leaking', () => {
    const structure = made(79, [40]);
    expect(jacobianReading(jacobianFrame(structure, null))).toBe(
      'Over 64 rows no forbidden entry differs from 0: 0 of 3,160.',
    );
    const leaking = jacobianFrame(three, [0, 1]);
    expect(jacobianReading(leaking)).toBe(
      `1 of 6 forbidden pairs leak: what must be 0 is not. The worst is ${x̂('₁')} ← x₂ with |∂| = 0.25.`,
    );
    expect(jacobianSentence(leaking, { unit: { layer: 2, unit: 0 }, from: { layer: 0, unit: 1 } }, 2)).toBe(
      `${x̂('₁')} ← x₂: mean |∂| = 0.25, which must be 0: a leak.`,
    );
    expect(jacobianSentence(leaking, { unit: { layer: 2, unit: 0 }, from: { layer: 0, unit: 2 } }, 2)).toContain(
      'as it must be',
    );
    expect(jacobianSentence(leaking, { unit: { layer: 2, unit: 2 } }, 2)).toContain('listens most to');
    expect(jacobianSentence(leaking, { unit: { layer: 1, unit: 0 } }, 2)).toBeNull();
  });

  it('counts the pairs that may depend and do not, as a constant input leaves them', () => {
    const sound = jacobianFrame(three, null);
    const values = Float32Array.from(sound.values);
    for (let output = 0; output < 3; output++) values[output * 3] = 0;
    const frame = { ...sound, values, ...leaksOf(values, three.order) };
    expect(jacobianReading(frame)).toBe(
      'Over 64 rows no forbidden entry differs from 0: 0 of 6. 2 of 3 allowed pairs are 0 as well: there the output does not respond to its input, on these rows.',
    );
    const theme = themeFor('light');
    const own = { frame, layers: fromDegrees(three).layers, theme, size: { width: 300, height: 300 } };
    const labels = jacobianFigure({ ...own, order: 'degree' }).legend.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['must be 0, and is', 'allowed, but 0 here']));
    const range = jacobianRange(frame);
    const pixels = jacobianPixels(frame, range, jacobianAxes(own.layers, frame.order, 'degree'), theme);
    // x̂₃ ← x₁ is painted, x̂₁ ← x₃ is not.
    expect([pixels.data[4 * 6 + 3], pixels.data[4 * 2 + 3]]).toEqual([255, 0]);
  });

  it('claims nothing of entries that are no finite numbers', () => {
    const sound = jacobianFrame(three, null);
    const values = new Float32Array(9).fill(NaN);
    expect(jacobianReading({ ...sound, values, ...leaksOf(values, three.order) })).toBe(
      'None of 9 entries is a finite number: nothing can be said of what depends on what.',
    );
    const one = Float32Array.from(sound.values);
    one[3] = NaN;
    const frame = { ...sound, values: one, ...leaksOf(one, three.order) };
    expect(jacobianReading(frame)).toBe(
      '1 of 9 entries is no finite number, and nothing can be said of it. Over 64 rows no other forbidden entry differs from 0: 0 of 6.',
    );
    expect(jacobianSentence(frame, { unit: { layer: 2, unit: 1 }, from: { layer: 0, unit: 0 } }, 2)).toBe(
      `${x̂('₂')} ← x₁ is no finite number: nothing can be said of it.`,
    );
    expect(jacobianSentence(frame, { unit: { layer: 2, unit: 1 } }, 2)).toContain('is not known');
  });

  it('says how true entries are that travelled as bytes or in bins', () => {
    const structure = made(30, [40]);
    const exact = jacobianFrame(structure, [4, 20]);
    const values = exact.values as Float32Array;
    const pair = { unit: { layer: 2, unit: 29 }, from: { layer: 0, unit: 0 } };
    expect(jacobianPrecision(exact)).toBeNull();
    expect(jacobianSentence(exact, pair, 2)).toMatch(/mean \|∂\| = \d/);
    const near = { ...exact, ...encodeJacobian(values, exact.order, { exact: 10, single: 100 }) };
    expect(jacobianPrecision(near)).toMatch(/^to within \d\.\d\u00a0%, what is 0 exactly$/);
    expect(jacobianSentence(near, pair, 2)).toMatch(/mean \|∂\| ≈ \d/);
    const most = { ...exact, ...encodeJacobian(values, exact.order, { exact: 10, single: 10 }) };
    expect(jacobianPrecision(most)).toMatch(/^the largest of each of 10 × 10 bins/);
    expect(jacobianSentence(most, pair, 2)).toMatch(/mean \|∂\| ≤ \d/);
    const leak = { unit: { layer: 2, unit: 4 }, from: { layer: 0, unit: 20 } };
    for (const frame of [near, most]) expect(jacobianSentence(frame, leak, 2)).toContain('must be 0: a leak');
    expect(jacobianSentence(most, { unit: { layer: 2, unit: 4 }, from: { layer: 0, unit: 4 } }, 2)).toContain('= 0');
  });

  it('names the order', () => {
    expect(orderSentence(Int32Array.of(1, 2, 3))).toBe('natural order');
    expect(orderSentence(Int32Array.of(3, 2, 1))).toBe('reversed order');
    expect(orderSentence(Int32Array.of(2, 3, 1))).toBe('order x₃, x₁, x₂');
  });

  it('reads the curves in either unit', () => {
    const all = metrics(6, 10);
    expect(curvesReading(all, 'nats', 784)).toMatch(/^Validation NLL is lowest at epoch \d, .+: 9\d\.\d\d nats\./);
    expect(curvesReading(all, 'bits', 784)).toContain('bits/dim');
    expect(curvesReading(all.slice(0, 3), 'nats', 784)).toMatch(
      /^No epoch has ended yet: train NLL .+ in the last of 3 batches\.$/,
    );
    expect(curvesReading([], 'nats', 784)).toBe('Nothing measured yet.');
    const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats', estimate: 'estimate over orders' } as const;
    const model = { type: 'eonade', network: true, quantity };
    expect(curvesReading(all, 'nats', 784, model)).toMatch(
      /Train is the estimate over orders .+; validation is exact\.$/,
    );
    expect(curvesReading(all, 'nats', 784, { ...model, validation: 'estimate' })).toMatch(
      /Both are the estimate over orders .+; the scores at the end are exact, of the ensemble\.$/,
    );
    expect(curvesReading([], 'nats', 784, model)).toBe('Nothing measured yet.');
    const descent = 'the bound with its KL divergence times β = 4';
    const bound = { kind: 'bound', name: 'evidence lower bound (ELBO)', unit: 'nats', descent } as const;
    expect(curvesReading(all, 'nats', 784, { type: 'vae', network: false, quantity: bound })).toMatch(
      /Training goes by the bound with its KL divergence times β = 4; what is shown is the bound itself\.$/,
    );
  });

  it('compares the latest validation with the mean of the last minibatches, which the head shows', () => {
    const all = metrics(3, 30);
    const { mean } = recentTrain(all)!;
    const end = (validation: number) =>
      curvesReading([...all, { ...all.at(-1)!, type: 'epoch', validation } as EpochMetric], 'nats', 784);
    expect(end(mean - 42.15)).toMatch(
      / Validation lies 42\.15 nats below train, the mean of the last 50 minibatches\.$/,
    );
    expect(end(mean + 0.15)).toContain('lies 0.15 nats above train');
    expect(end(mean + 0.001)).toMatch(/ Validation is as low as train, the mean of the last 50 minibatches\.$/);
    const inTurn = all.map((metric, i) => (metric.type === 'batch' ? { ...metric, mask: i % 8 } : metric));
    expect(curvesReading(inTurn, 'nats', 784)).toMatch(
      /Train is of one mask at a time, validation of the masks’ ensemble/,
    );
    expect(curvesReading(all, 'nats', 784)).not.toContain('ensemble');
    const quantity = { kind: 'exact', name: 'log-likelihood', unit: 'nats' } as const;
    const flow = (kind: string) => ({
      ...{ type: 'maf', network: false, quantity },
      flow: { layers: [{ kind, title: kind }], base: 'standard Gaussian' },
    });
    expect(curvesReading(all, 'nats', 784, flow('batch-norm'))).toMatch(
      /Train is with every batch normalised by its own rows, validation by the statistics of all training rows/,
    );
    expect(curvesReading(all, 'nats', 784, flow('coupling'))).not.toContain('normalised');
  });

  it('says where samples come from', () => {
    const frame = samplesFrame(4, [2, 3]);
    expect(samplesReading(frame)).toBe('4 rows drawn from the model: epoch 2, step 1,200.');
    expect(samplesReading(frame, true)).toBe(
      '4 rows drawn from the model: epoch 2, step 1,200, refreshed every epoch.',
    );
    const asked = { ...samplesFrame(1, null), maskCount: 3, request: { seed: 5, temperature: 0.8 } };
    expect(samplesReading(asked)).toBe(
      '1 row drawn from the model: epoch 2, step 1,200, mask 1 of 3, seed 5, temperature 0.8.',
    );
    expect(samplesReading({ ...frame, drawn: 3000 })).toBe(
      '3,000 rows drawn from the model, the first 4 shown: epoch 2, step 1,200.',
    );
  });
});

describe('a network without masks', () => {
  const full = (dimension: number, hidden: number) => {
    const sizes = [dimension, hidden, dimension];
    const masks = sizes.slice(1).map((rows, l) => maskOf(rows, sizes[l]!, () => true));
    return fromMasks(
      { masks, direct: null },
      Int32Array.from({ length: dimension }, (_, d) => d + 1),
    );
  };

  it('is said to be no density, and not a broken one', () => {
    const network = full(3, 4);
    const verdict = 'No density: every output sees its own input, and paths join all 9 pairs.';
    expect(pathsReading(network.report())).toBe(verdict);
    expect(connectivityReading(network)).toBe(`${verdict} 24 of 24 weights exist (100.0\u00a0%).`);
    expect(masksReading(network)).toContain(verdict);
    expect(pathsReading(full(1, 2).report())).toContain('paths join the one pair');
    for (const layer of [0, 1, 2]) expect(unitSentence(network, { layer, unit: 1 })).not.toMatch(/leak|Lost/);
    expect(unitSentence(network, { layer: 2, unit: 1 })).toBe(
      `${x̂('₂')} depends on every input, its own included: 12 paths.`,
    );
    expect(pairSentence(network, { layer: 0, unit: 1 }, { layer: 2, unit: 1 })).toBe(
      `${x̂('₂')} depends on x₂: 4 paths. An output that sees its own input is no conditional of a density.`,
    );
    expect(pairSentence(network, { layer: 0, unit: 1 }, { layer: 1, unit: 1 })).toBe('h₂ sees x₂ (degree 2).');
    const values = new Float32Array(9).fill(0.5);
    const frame = { ...jacobianFrame(three, null), values, ...leaksOf(values, three.order) };
    expect(jacobianReading(frame)).toMatch(/^No density: every output responds to its own input/);
  });

  it('is one of which every pair is joined: a single pair less, and it is a leak again', () => {
    const masks = [maskOf(3, 3, (row, column) => row !== 0 || column !== 2)];
    const network = fromMasks({ masks, direct: null }, Int32Array.of(1, 2, 3));
    expect(pathsReading(network.report())).toBe(`5 of 6 forbidden pairs are joined, such as ${x̂('₁')} ← x₁.`);
  });
});
