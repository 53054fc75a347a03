/** The list of models: what stands in it is all that the experiment file needs to know of a type. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import { experimentSpec, modelSpec } from '../../../src/spec/experiment.ts';
import { explain } from '../../../src/spec/explain.ts';
import { modelUnion, type ModelEntry } from '../../../src/spec/models/entry.ts';
import { models, supportOf } from '../../../src/spec/models/index.ts';
import { made } from '../../../src/spec/models/made.ts';
import { canScore, supportText } from '../../../src/spec/support.ts';

const coinSpec = mini.strictObject({ type: mini.literal('coin'), bias: mini._default(mini.number(), 0) });
const coin = {
  schema: coinSpec,
  check: () => [],
  supportOf: () => 'binary',
  snippet: { type: 'coin', bias: 0.5 },
  listsOfVariables: [],
  hoverKeys: [],
} as const satisfies ModelEntry<typeof coinSpec>;

describe('a list of two types', () => {
  const union = modelUnion({ made, coin });

  it('tells them apart by their type, each with its own keys and defaults', () => {
    expect(union.parse({ type: 'coin' })).toEqual({ type: 'coin', bias: 0 });
    expect(union.parse({ type: 'made', hidden: [3] })).toMatchObject({ type: 'made', masks: 1 });
    expect(explain(union, { type: 'coin', hidden: [3] }).map(({ message }) => message)).toEqual([
      '"hidden" is no key here of type "coin"; there are type, bias',
    ]);
    expect(explain(union, { type: 'cion' })[0]!.message).toBe(
      'type is "cion" (did you mean "coin"?); it must be "made" or "coin"',
    );
  });

  it('offers a snippet for each', () => {
    expect(z.toJSONSchema(union)['defaultSnippets']).toEqual([
      { label: 'made', body: made.snippet },
      { label: 'coin', body: coin.snippet },
    ]);
  });
});

describe.each(Object.entries(models))('%s', (name, { schema, snippet, hoverKeys }) => {
  it('is listed under its own type', () => {
    expect([...schema.shape.type.def.values]).toEqual([name]);
  });

  it('begins with a snippet that is a model, with a default for whatever it leaves out', () => {
    // Placeholders by what stands in them, choices by the first.
    const text = JSON.stringify(snippet).replace(/"\^\$\{\d+:([^}]*)\}"/g, '$1');
    const filled: unknown = JSON.parse(text.replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1'));
    const model = modelSpec.parse(filled);
    expect(model.type).toBe(name);
    expect(supportText(supportOf(model))).not.toBe('');
    expect(experimentSpec.safeParse({ model: filled, data: { train: 'rows.npy' } }).success).toBe(true);
  });

  it('has hovers over keys of its own', () => {
    expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining([...hoverKeys]));
  });
});

it('scores what its support holds', () => {
  expect((['binary', { levels: 4 }, 'real'] as const).map((support) => canScore(support, 'real'))).toEqual([
    false,
    false,
    true,
  ]);
  expect((['binary', { levels: 4 }, 'real'] as const).every((support) => canScore(support, 'binary'))).toBe(true);
});
