import { describe, expect, it } from 'vitest';
import { canComplete, rangesOfPart } from '../../../src/protocol/completion.ts';
import { beginnings, underWhat } from '../../../extension/commands/sampleInput.ts';

describe('what the palette offers to draw', () => {
  const shape = { dimension: 2, image: null };
  const model = {
    type: 'x',
    network: true,
    quantity: { kind: 'exact', name: 'log-likelihood', unit: 'nats' },
  } as const;

  it('is rows to complete as well, where the model completes any', () => {
    expect(canComplete(model)).toBe(true);
    expect(canComplete(undefined), 'older runs are of MADE').toBe(true);
    expect(beginnings(shape, true)).toHaveLength(7);
  });

  it('is of models of pixels what comes first in raster order', () => {
    const image = { dimension: 16, image: [4, 4] } as const;
    const parts = beginnings(image, true, true).map(({ part }) => part);
    expect(parts).toEqual([null, 'upper', 'list', 'upper', 'list']);
    expect(beginnings(shape, true, true).map(({ part }) => part)).toEqual([null, 'first', 'list', 'first', 'list']);
  });

  it('is new rows alone of models that draw all variables of a row at once', () => {
    expect(canComplete({ ...model, flow: { layers: [], base: 'standard Gaussian' } })).toBe(false);
    expect(canComplete({ ...model, latent: { dimension: 2, posterior: 'gaussian' } })).toBe(false);
    expect(beginnings(shape, false)).toEqual([{ split: null, part: null }]);
  });
});

describe('a half of an image in colour', () => {
  it.each([
    ['upper', [[0, 5]]],
    [
      'left',
      [
        [0, 2],
        [6, 8],
        [12, 14],
      ],
    ],
    ['lower', [[6, 17]]],
  ] as const)('%s is of whole pixels', (part, ranges) => {
    expect(rangesOfPart(part, { dimension: 18, image: [3, 2, 3] })).toEqual(ranges);
  });
});

describe('what the palette asks of a conditional model', () => {
  it('is the label: each in turn, or one of them', () => {
    expect(underWhat('labels', 3)).toEqual([
      { kind: 'own' },
      { kind: 'label', label: 0 },
      { kind: 'label', label: 1 },
      { kind: 'label', label: 2 },
    ]);
    expect(underWhat('labels', 100_000), 'a list to choose from, not to scroll for hours').toHaveLength(201);
  });

  it('is of columns of values only whether they are those of the data: the form takes others', () => {
    expect(underWhat('values', 2)).toEqual([{ kind: 'own' }, { kind: 'form' }]);
  });

  it('is nothing where rows are conditioned on nothing', () => {
    expect(underWhat(undefined, 0)).toEqual([]);
  });
});
