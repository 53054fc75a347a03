/** The hover of every type of model: it draws the structure that is trained, and its words and numbers are true. */
import { describe, expect, it } from 'vitest';
import { conditionalName, numbersOf } from '../../../extension/hovers/models/conditionalWords.ts';
import { hoverMarkdown, hoverPlace, hoverSubject, type HoverKey } from '../../../extension/hovers/modelHover.ts';
import { themeKinds } from '../../../src/figures/theme.ts';
import { conditionalOf } from '../../../src/distributions/index.ts';
import { createModel } from '../../../src/models/index.ts';
import { parameterCount } from '../../../src/models/parameters.ts';
import { parse } from 'jsonc-parser';
import { modelSpec, type ExperimentInput } from '../../../src/spec/experiment.ts';
import { conditionalSpec } from '../../../src/spec/conditional.ts';
import { models } from '../../../src/spec/models/index.ts';
import { flowEntries } from './flowEntries.ts';

type ModelInput = ExperimentInput['model'];

const entries: readonly ModelInput[] = [
  { type: 'made', hidden: [9], conditioning: true, direct: true, conditional: { type: 'gaussian' } },
  { type: 'fvsbn', order: 'random' },
  { type: 'nade', hidden: 500, order: 'random' },
  { type: 'eonade', hidden: [500, 300] },
  { type: 'autoencoder', hidden: [7] },
  { type: 'strict-triangle-stack', layers: 3 },
];

const markdown = (entry: ModelInput, dimension: number, key: string, o: { contextDimension?: number | null } = {}) =>
  hoverMarkdown(
    { model: modelSpec.parse(entry), dimension, seed: 3, contextDimension: o.contextDimension ?? 0 },
    key as HoverKey,
    'light',
  );
const svgOf = (text: string) => {
  const [, data] = /\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(text) ?? [];
  return Buffer.from(data ?? '', 'base64').toString();
};
const wordsOf = (text: string) => text.slice(0, text.indexOf('!['));

// These have tests of their own: `flowHovers`, `vaeHover`, `pixelcnnHover`, `pixelrnnHover`, `charRnnHover`.
it('there is an entry for every type', () => {
  const own = [{ type: 'vae' }, { type: 'pixelcnn' }, { type: 'pixelrnn' }, { type: 'char-rnn' }];
  const types = [...entries, ...flowEntries.map(([entry]) => entry), ...own].map(({ type }) => type);
  expect([...new Set(types)].sort()).toEqual(Object.keys(models).sort());
});

describe.each(entries)('the hover of %o', (entry) => {
  const keys = models[entry.type].hoverKeys;

  it.each(themeKinds)('has words before a self-contained picture, small enough, in %s', (theme) => {
    for (const dimension of [1, 6, 200]) {
      for (const key of keys) {
        const subject = { model: modelSpec.parse(entry), dimension, seed: 3, contextDimension: 0 };
        const text = hoverMarkdown(subject, key, theme);
        expect(wordsOf(text).length).toBeGreaterThan(60);
        expect(text.length).toBeLessThan(100_000);
        expect(svgOf(text)).toMatch(/^<svg /);
        expect(Number(/ height="(\d+)"/.exec(svgOf(text))![1])).toBeLessThanOrEqual(150);
        expect(text + svgOf(text)).not.toMatch(/NaN|undefined|Infinity|var\(--/);
      }
    }
  });

  it('names the variables in the order of the model that is trained', () => {
    const model = createModel(modelSpec.parse(entry), 6, 3);
    const order = model.network!.order(0);
    const svg = svgOf(markdown(entry, 6, keys[0]!));
    const names = [...svg.matchAll(/>x([₁-₆])</g)].map(([, digit]) => '₁₂₃₄₅₆'.indexOf(digit!));
    expect(names).toEqual([...order.keys()].sort((a, b) => order[a]! - order[b]!));
  });

  it('is shown over each of its keys', () => {
    const text = JSON.stringify({ model: { ...modelSpec.parse(entry) }, data: { train: 'a.npy' } }, null, 1);
    for (const key of keys) expect(hoverPlace(text, text.indexOf(`"${key}":`) + 2)?.key).toBe(key);
  });
});

describe('the words', () => {
  it('count the weights that the model has, companions and every number of an output included', () => {
    for (const conditional of [
      { type: 'bernoulli' },
      { type: 'gaussian' },
      { type: 'gaussian-mixture', components: 4 },
      { type: 'categorical', levels: 5 },
    ] as const) {
      for (const conditioning of [false, true]) {
        const entry: ModelInput = { type: 'made', hidden: [9, 8], conditioning, direct: true, conditional };
        const model = createModel(modelSpec.parse(entry), 6, 3);
        const matrices = model.parameters.filter(({ shape }) => shape.length === 2);
        const all = parameterCount({ parameters: matrices });
        expect(wordsOf(markdown(entry, 6, 'masks'))).toContain(` of ${all.toLocaleString('en')} weights exist`);
      }
    }
  });

  it.each([
    { type: 'bernoulli' },
    { type: 'gaussian' },
    { type: 'gaussian-mixture', components: 3 },
    { type: 'logistic-mixture' },
    { type: 'discretised-logistic-mixture', components: 5, levels: 16 },
    { type: 'categorical', levels: 7 },
  ] as const)('know how many numbers an output gives: %o', (conditional) => {
    const spec = conditionalSpec.parse(conditional);
    const k = conditionalOf(spec).parameterNames.length;
    expect(numbersOf(spec)).toBe(k);
    const text = markdown({ type: 'made', hidden: [9], conditional }, 6, 'conditional');
    const name = conditionalName(spec);
    if (name !== null) expect(text).toContain(name);
    expect(svgOf(text).includes(`${k} numbers each`)).toBe(k > 1);
  });

  it('tell of a context, which the picture has as well, also while its size is not known', () => {
    const entry: ModelInput = { type: 'made', hidden: [9, 8] };
    const known = markdown(entry, 6, 'hidden', { contextDimension: 10 });
    expect(known).toContain(
      'A context c of 10 columns, of degree 0, leads to every unit of hidden layer 1 and to every',
    );
    expect(svgOf(known)).toContain('c: 10');
    const subject = { model: modelSpec.parse(entry), dimension: 6, seed: 3, contextDimension: null };
    expect(hoverMarkdown(subject, 'hidden', 'light')).toContain('A context c, of degree 0,');
    expect(markdown(entry, 6, 'hidden')).not.toContain('context');
  });

  it('take the context from the data', () => {
    const text = JSON.stringify({
      model: { type: 'made', hidden: [9] },
      data: { generate: 'bars-and-stripes', context: { labels: 'own' } },
    });
    expect(hoverSubject(text, parse(text), {})).toMatchObject({ dimension: 16, contextDimension: 2 });
  });

  it('say of NADE that the hidden vectors share their weights, of how many units each is, and what it sees', () => {
    const text = markdown({ type: 'nade', hidden: 500 }, 8, 'hidden');
    expect(text).toContain('**NADE 8 – 8 × 500 – 8**');
    expect(text).toContain('8 hidden vectors of 500 units share W: that of a variable sees the variables before it');
    expect(svgOf(text)).toContain('500 units each');
    expect(svgOf(text).match(/<circle/g)).toHaveLength(3 * 8 + 8);
  });

  it('say of an autoencoder that it is no density, and of the specimen what is lost', () => {
    expect(markdown({ type: 'autoencoder', hidden: [7] }, 6, 'type')).toContain('No density: each of 6 outputs sees');
    expect(svgOf(markdown({ type: 'autoencoder', hidden: [500] }, 300, 'type'))).toContain('90,000 pairs: no density');
    const lost = markdown({ type: 'strict-triangle-stack', layers: 3 }, 6, 'layers');
    expect(lost).toContain('an output sees only inputs at distance 3 and more. 9 of 15 required pairs are lost');
  });

  it('draw the matrix of a large FVSBN under its own name', () => {
    expect(svgOf(markdown({ type: 'fvsbn' }, 300, 'type'))).toMatch(/>A</);
  });
});
