/** FORMATS.md says what the code does. `LENS_UPDATE=1` writes the table of experiment keys anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manifestSpec, scoreSpec } from '../../../src/runs/manifest.ts';
import type { BatchMetric, EpochMetric } from '../../../src/runs/metrics.ts';
import { generatorNames } from '../../../src/spec/data.ts';
import { experimentTable } from './experimentTable.ts';

const file = new URL('../../../FORMATS.md', import.meta.url);
const [begin, end] = ['<!-- experiment keys: made by test/unit/spec/formats.test.ts -->', '<!-- end -->'];
const read = () => readFileSync(file, 'utf8');

function section(heading: string): string {
  const text = read();
  const start = text.indexOf(`## ${heading}`);
  expect(start, `FORMATS.md has a section "${heading}"`).toBeGreaterThan(0);
  const next = text.indexOf('\n## ', start + 1);
  return text.slice(start, next < 0 ? undefined : next);
}

describe('FORMATS.md', () => {
  it('lists every key of an experiment with its values, default and meaning', () => {
    const between = (text: string) => text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim();
    const table = experimentTable();
    if (process.env['LENS_UPDATE'] === '1') {
      const text = read();
      writeFileSync(
        file,
        text.replace(between(text), () => table),
      );
    }
    expect(squeezed(between(read()))).toBe(squeezed(table));
  });

  it('describes every entry of run.json', () => {
    const text = section('Run folder');
    for (const key of [...Object.keys(manifestSpec.shape), ...Object.keys(scoreSpec.shape)])
      expect(text).toContain(`\`${key}\``);
  });

  it('describes every entry of a metric', () => {
    const batch: Record<keyof BatchMetric, true> = {
      type: true,
      step: true,
      epoch: true,
      rows: true,
      seconds: true,
      train: true,
      mask: true,
      extra: true,
    };
    const epoch: Record<keyof EpochMetric, true> = {
      ...{ type: true, step: true, epoch: true, rows: true, seconds: true, train: true },
      ...{ validation: true, best: true, rowsPerSecond: true, bound: true, extra: true },
    };
    const text = section('Metrics');
    for (const key of Object.keys({ ...batch, ...epoch })) expect(text).toContain(`\`${key}\``);
  });

  it('names every generated data set', () => {
    for (const name of generatorNames) expect(section('Data files')).toContain(`\`${name}\``);
  });
});

/** Prettier pads the columns of tables. */
function squeezed(table: string): string {
  return table.replace(/ +/g, ' ').replace(/-+/g, '-').replace(/\| -/g, '|-').replace(/- \|/g, '-|');
}
