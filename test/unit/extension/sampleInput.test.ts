import { describe, expect, it } from 'vitest';
import { underWhat } from '../../../extension/commands/sampleInput.ts';

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
