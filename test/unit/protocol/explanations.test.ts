import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { diagnosticIds } from '../../../src/inspection/findings.ts';
import { viewIds } from '../../../src/inspection/views.ts';
import { explanations, isTopic } from '../../../src/protocol/explanations.ts';

it.each([...diagnosticIds, ...viewIds])('%s is explained in whole sentences', (id) => {
  const { title, paragraphs } = explanations[id];
  expect(title).toMatch(/^[A-Z]/);
  expect(paragraphs.length).toBeGreaterThanOrEqual(2);
  for (const paragraph of paragraphs) expect(paragraph).toMatch(/\.$/);
});

it('knows its topics', () => {
  expect(isTopic('overfit')).toBe(true);
  expect(isTopic('toString')).toBe(false);
});

it('loads no engine: the host shows them', async () => {
  const { metafile } = await build({
    entryPoints: ['src/protocol/explanations.ts'],
    ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'esm', logLevel: 'silent' },
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('src/inspection/diagnostics/deadUnits.ts');
  expect(inputs.filter((file) => /tensorflow|src\/(backends|layers|models|training)\//.test(file))).toEqual([]);
});
