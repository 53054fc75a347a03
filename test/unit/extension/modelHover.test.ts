import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import {
  hoverMarkdown,
  hoverPlace,
  hoverSubject,
  MAX_SVG_BYTES,
  type HoverKey,
  type HoverSubject,
} from '../../../extension/hovers/modelHover.ts';
import { modelDiagramSvg } from '../../../src/figures/hover.ts';
import { themeFor, themeKinds } from '../../../src/figures/theme.ts';
import { fromDegrees } from '../../../src/masks/byDegrees.ts';
import type { MadeStructure } from '../../../src/masks/degrees.ts';
import type { Model } from '../../../src/models/model.ts';
import { createModel } from '../../../src/models/index.ts';
import { parseExperiment, type CheckContext } from '../../../src/spec/check.ts';

const text = `{
  // A comment with "hidden" in it
  "model": { "type": "made", "hidden": [8, 6], "order": "random", "degrees": "random", "masks": 3, "direct": true },
  "data": { "train": "rows.npz#train" },
  "training": { "optimizer": { "type": "adam" } },
  "seed": 7
}`;
const context = (columns: number): CheckContext => ({
  files: new Map([
    [
      'rows.npz',
      {
        exists: true,
        problem: null,
        arrays: [{ name: 'train', shape: [100, columns], rows: 100, columns, dtype: 'uint8' }],
      },
    ],
  ]),
});
const subjectOf = (source: string, facts: CheckContext = context(5)) => hoverSubject(source, parse(source), facts);
const anySubject = (source: string, facts?: CheckContext): HoverSubject => {
  const found = subjectOf(source, facts);
  if (typeof found === 'string') throw new Error(found);
  return found;
};
/** Of a MADE. */
const subject = (source = text, facts?: CheckContext): HoverSubject<'made'> => {
  const found = anySubject(source, facts);
  if (found.model.type !== 'made') throw new Error(`${found.model.type} is no MADE`);
  return { ...found, model: found.model };
};
const svgOf = (markdown: string) => {
  const [, data] = /\(data:image\/svg\+xml;base64,([^)]+)\)/.exec(markdown) ?? [];
  return data === undefined ? null : Buffer.from(data, 'base64').toString();
};

describe('where there is a picture', () => {
  it.each(['hidden', 'order', 'degrees', 'masks', 'direct'] as const)('over %s: key and value', (key: HoverKey) => {
    const start = text.indexOf(`"${key}":`);
    for (const offset of [start, start + 3, text.indexOf(':', start) + 3]) {
      const place = hoverPlace(text, offset);
      expect(place?.key).toBe(key);
      expect(text.slice(place!.offset, place!.offset + place!.length)).toMatch(new RegExp(`^"${key}": `));
    }
  });

  it.each(['"type": "made"', '"hidden" in it', '"train"', '"adam"', '"seed"'])('none over %s', (other) => {
    expect(hoverPlace(text, text.indexOf(other) + 2)).toBe(null);
  });

  it('also while the text is being typed', () => {
    const torn = '{ "model": { "type": "made", "hidden": [8, ';
    expect(hoverPlace(torn, torn.indexOf('8'))?.key).toBe('hidden');
    expect(hoverPlace('', 0)).toBe(null);
  });
});

/** Orders and degrees of a model's first mask. */
function structureOf({ network }: Model): MadeStructure {
  return { order: network!.order(0), hidden: network!.degrees(0).map((degrees) => degrees!), direct: true };
}

describe('the model shown', () => {
  it('is exactly the one that is trained', () => {
    const { model, dimension, seed } = subject();
    expect([dimension, seed]).toEqual([5, 7]);
    const trained = createModel(model, dimension, seed).network!.order(0);
    const shown = svgOf(hoverMarkdown(subject(), 'degrees', 'light'))!;
    // Inputs carry their degrees, and titles name them: the random order must be the model's.
    expect([...trained]).not.toEqual([1, 2, 3, 4, 5]);
    const other = svgOf(hoverMarkdown({ ...subject(), seed: 8 }, 'degrees', 'light'))!;
    expect(shown).not.toBe(other);
  });

  it.each([
    ['random order and degrees', '"order": "random"', '"degrees": "random"', 7],
    ['another seed', '"order": "random"', '"degrees": "random"', 2_147_483_647],
    ['random degrees alone', '"order": "natural"', '"degrees": "random"', 0],
    ['even degrees and a random order', '"order": "random"', '"degrees": "even"', 12],
    ['a given order', '"order": [2, 5, 1, 4, 3]', '"degrees": "random"', 3],
  ])('has the degrees of the model that the trainer builds: %s', (_, order, degrees, seed) => {
    const written = text
      .replace('"order": "random"', order)
      .replace('"degrees": "random"', degrees)
      .replace('"seed": 7', `"seed": ${seed}`);
    const { experiment } = parseExperiment(written, context(5));
    const trained = createModel(experiment!.model, 5, experiment!.seed);
    const drawn = modelDiagramSvg(fromDegrees(structureOf(trained)), {
      theme: themeFor('light'),
      width: 520,
      highlight: 'order',
    });
    expect(svgOf(hoverMarkdown(subject(written), 'order', 'light'))).toBe(drawn);
  });

  it('has the default seed where none is written', () => {
    const written = text.replace(',\n  "seed": 7', '');
    const trained = createModel(subject(written).model, 5, parseExperiment(written, context(5)).experiment!.seed);
    const options = { theme: themeFor('light'), width: 520, highlight: 'degrees' as const };
    expect(svgOf(hoverMarkdown(subject(written), 'degrees', 'light'))).toBe(
      modelDiagramSvg(fromDegrees(structureOf(trained)), options),
    );
  });

  it('has D from the data, from a given order, or says that it is not known', () => {
    expect(subject().dimension).toBe(5);
    expect(subject(text.replace('"random"', '[2, 1, 3]'), {}).dimension).toBe(3);
    expect(subjectOf(text, {})).toMatch(/How many columns the data has is not known/);
  });

  it('is not guessed where the text has mistakes', () => {
    expect(subjectOf(text.replace('[8, 6]', '"eight"'))).toMatch(/model has mistakes/);
    expect(subjectOf(text.replace('"seed": 7', '"seed": "x"'))).toMatch(/seed/);
    expect(subjectOf('')).toMatch(/model has mistakes/);
  });

  it('that cannot be built says why', () => {
    const short = text.replace('"degrees": "random"', '"degrees": [[1, 2], [1]]');
    expect(hoverMarkdown(subject(short), 'degrees', 'dark')).toMatch(/cannot be built: degrees\[0\] has 2 entries/);
  });
});

describe('the words', () => {
  it('give sizes, weights, their share, and what the masks join', () => {
    const markdown = hoverMarkdown(subject(), 'masks', 'dark');
    expect(markdown).toContain(
      '**MADE 5 – 8 – 6 – 5** · random order · random degrees · mask 1 of 3 · direct connection',
    );
    expect(markdown).toMatch(/\d+ of 143 weights exist \(\d+(\.\d+)?\s?%\)/);
    expect(markdown).toMatch(/0 of 15 forbidden pairs/);
  });

  it('say what the masks that are not drawn have of their own', () => {
    const others = (key: string) =>
      hoverMarkdown(subject(text.replace('"masks": 3', `"masks": 3, ${key}`)), 'masks', 'dark');
    expect(others('"orderAgnostic": true')).toContain('random order in mask 1, random in the others');
    expect(others('"orderAgnostic": true')).toContain('masks 2 … 3 each have a random order and degrees of their own');
    expect(others('"orderAgnostic": false')).toContain('masks 2 … 3 each have degrees of their own');
    const same = '"orderAgnostic": false, "connectivityAgnostic": false';
    expect(others(same)).not.toContain('of their own');
  });

  it('stand before the picture, which has no title of its own and leaves them room', () => {
    for (const [dimension, hidden] of [
      [4, [6]],
      [16, [64, 64]],
      [784, [500]],
      [784, [500, 500]],
    ] as const) {
      const made = {
        ...subject(),
        dimension,
        model: { ...subject().model, hidden: [...hidden], order: 'natural' as const },
      };
      const markdown = hoverMarkdown(made, 'hidden', 'dark');
      expect(markdown.indexOf('required')).toBeLessThan(markdown.indexOf('!['));
      const svg = svgOf(markdown)!;
      expect(svg).not.toContain('MADE');
      expect(Number(/ height="(\d+)"/.exec(svg)![1])).toBeLessThanOrEqual(150);
      // What the inspector draws whole is drawn whole here too.
      expect(svg.includes('<circle')).toBe(dimension < 784);
    }
  });

  it('name the pairs that no path joins', () => {
    const cut = `{ "model": { "type": "made", "hidden": [2], "degrees": [[1, 1]] }, "data": { "train": "rows.npz#train" } }`;
    expect(hoverMarkdown(subject(cut), 'degrees', 'light')).toMatch(/of 10 required pairs are lost, such as x/);
  });
});

describe('the size', () => {
  const sizes: [string, number, number[]][] = [
    ['1 – 1 – 1', 1, [1]],
    ['16 – 64 – 64 – 16', 16, [64, 64]],
    ['784 – 500 – 500 – 784', 784, [500, 500]],
    ['200 – 100 × 16', 200, Array.from({ length: 16 }, () => 100)],
  ];
  it.each(sizes)('of %s stays within what a hover shows, in every theme', (_, dimension, hidden) => {
    const made = { ...subject(), dimension, model: { ...subject().model, hidden, order: 'natural' as const } };
    for (const theme of themeKinds) {
      for (const key of ['hidden', 'order', 'degrees', 'masks', 'direct'] as const) {
        const markdown = hoverMarkdown(made, key, theme);
        const svg = svgOf(markdown);
        expect(svg, `${theme} ${key}`).toMatch(/^<svg /);
        expect(Buffer.byteLength(svg!)).toBeLessThan(MAX_SVG_BYTES);
        expect(markdown.length).toBeLessThan(100_000);
        expect(svg).not.toMatch(/var\(--vscode|<script|<foreignObject/);
      }
    }
  });

  it('of a giant is told instead of drawn', () => {
    const giant = { ...subject(), dimension: 10_000, model: { ...subject().model, hidden: [10_000] } };
    expect(hoverMarkdown(giant, 'hidden', 'dark')).toMatch(/too many to draw/);
  });
});
