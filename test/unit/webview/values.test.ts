/** What the page reads from its user and writes into files. */
import { describe, expect, it } from 'vitest';
import { webviewRequestSpecs } from '../../../src/protocol/webview.ts';
import { curves } from '../../../src/figures/curves.tsx';
import { themeFor } from '../../../src/figures/theme.ts';
import { csvOf, jsonOf } from '../../../webview/export.ts';
import { freshTexts, readSampleTexts, temperatureText, type SampleTexts } from '../../../webview/sampleTexts.ts';
import { givenParts, type SampleSubject } from '../../../webview/sampleSubject.ts';
import { batchTable, epochTable } from '../../../webview/views/curvesTables.ts';
import { transformOf, windowOf } from '../../../webview/views/curvesZoom.ts';
import { batch } from './runs.ts';

const plain: SampleSubject = {
  ...{ dimension: 16, image: [4, 4], context: 0, labels: false },
  ...{ completes: true, raster: false, flow: false, latent: false },
};

describe('the sampling form', () => {
  it('asks for new rows of a model that completes none, whatever was chosen of another', () => {
    const texts = { ...freshTexts, what: 'complete' } as const;
    expect(readSampleTexts(texts, plain)).toHaveProperty('request.given');
    expect(readSampleTexts(texts, { ...plain, completes: false })).toEqual({
      request: { rows: 100, seed: 1, temperature: 1 },
    });
  });

  it('gives of models of pixels no half that raster order cannot go on from', () => {
    const raster = { ...plain, raster: true };
    expect(givenParts(plain)).toEqual(['upper', 'lower', 'left', 'right', 'list']);
    expect(givenParts(raster)).toEqual(['upper', 'list']);
    const texts = { ...freshTexts, what: 'complete', part: 'left' } as const;
    expect(readSampleTexts(texts, raster)).toHaveProperty('request.given.keep', [[0, 7]]);
  });

  it('takes exactly what the host takes', () => {
    const values = [
      '',
      ' ',
      'x',
      '-1',
      '0',
      '0.01',
      '0.5',
      '1',
      '1.5',
      '100',
      '101',
      '10000',
      '10001',
      '2147483647',
      '2147483648',
      '1e3',
      'Infinity',
    ];
    for (const rows of values) {
      for (const seed of ['0', rows]) {
        for (const temperature of ['1', rows]) {
          const read = readSampleTexts({ ...freshTexts, rows, seed, temperature }, plain);
          const blank = [rows, seed, temperature].some((text) => text.trim() === '');
          const asNumbers = { rows: Number(rows), seed: Number(seed), temperature: Number(temperature) };
          expect('request' in read).toBe(!blank && webviewRequestSpecs.sample.safeParse(asNumbers).success);
          if ('request' in read) expect(read.request).toEqual(asNumbers);
        }
      }
    }
  });

  it('says what would be right, field by field', () => {
    const wrong = { ...freshTexts, rows: '0', seed: '3', temperature: 'hot' };
    expect(readSampleTexts(wrong, plain)).toEqual({
      problems: { rows: 'A whole number from 1 to 10,000', temperature: 'A number from 0.01 to 100' },
    });
    const completing = {
      ...freshTexts,
      what: 'complete',
      part: 'list',
      list: '1-17',
      first: '0',
      count: 'all',
    } as const;
    expect(readSampleTexts(completing, plain)).toEqual({
      problems: {
        list: 'Variables from 1 to 16, for example 1-2, 16',
        first: 'A whole number from 1',
        count: 'A whole number from 1',
      },
    });
    const typed = { ...freshTexts, context: 'values', values: '1, x' } as const;
    expect(readSampleTexts(typed, { ...plain, context: 2 })).toEqual({
      problems: { values: '2 numbers, with commas between them' },
    });
  });

  it('asks the host for completions, and for contexts, that it takes', () => {
    const complete = { ...freshTexts, what: 'complete', first: '3', count: '4', split: 'test' } as const;
    const asked = (texts: SampleTexts, subject: SampleSubject) => {
      const read = readSampleTexts(texts, subject);
      return 'request' in read ? webviewRequestSpecs.sample.parse(read.request) : read;
    };
    const given = { split: 'test', first: 2, count: 4 };
    expect(asked(complete, plain)).toMatchObject({ given: { ...given, keep: [[0, 7]] } });
    expect(asked({ ...complete, part: 'right' }, plain)).toMatchObject({
      given: {
        keep: [
          [2, 3],
          [6, 7],
          [10, 11],
          [14, 15],
        ],
      },
    });
    expect(asked({ ...complete, part: 'upper' }, { ...plain, image: null }), 'no half of an image').toMatchObject({
      given: { keep: [[0, 7]] },
    });
    const classes = { ...plain, context: 3, labels: true };
    expect(asked({ ...freshTexts, context: 'label 2' }, classes)).toMatchObject({ context: { label: 2 } });
    expect(asked({ ...freshTexts, context: 'label 3' }, classes), 'no such label').not.toHaveProperty('context');
    expect(asked({ ...complete, context: 'turns' }, classes)).toMatchObject({
      context: { values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) },
    });
    expect(asked({ ...freshTexts, context: 'values', values: '0.5, -1' }, { ...plain, context: 2 })).toMatchObject({
      context: { values: Float32Array.of(0.5, -1) },
    });
    expect(asked({ ...freshTexts, context: 'label 1' }, plain), 'of no context').not.toHaveProperty('context');
  });
});

describe('exported values', () => {
  it('quotes what CSV must quote and leaves gaps empty', () => {
    const table = { columns: ['a', 'b "c"'], rows: [[1.25, null] as const, ['x,y', -3e-9] as const] };
    expect(csvOf(table)).toBe('a,"b ""c"""\n1.25,\n"x,y",-3e-9\n');
  });

  it('writes typed arrays as arrays', () => {
    expect(JSON.parse(jsonOf({ values: Uint8Array.of(1, 2), deep: [Float32Array.of(0.5, NaN)] }))).toEqual({
      values: [1, 2],
      deep: [[0.5, null]],
    });
  });

  const epoch = {
    type: 'epoch',
    step: 2,
    epoch: 1,
    rows: 200,
    seconds: 0.2,
    train: 2.85,
    validation: 3,
    best: true,
    rowsPerSecond: 999.6,
  } as const;

  it('has a row for every measurement, smoothed as drawn', () => {
    const metrics = [batch(1), batch(2), epoch, batch(3)];
    const { columns, rows } = batchTable(metrics, 'nats', 4, 1);
    expect(rows.map((row) => row[0])).toEqual(['batch', 'batch', 'epoch', 'batch']);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    // Averaged over one batch, the smoothed curve is the raw one.
    const column = (name: string) => columns.findIndex((one) => one.startsWith(name));
    const smoothed = rows.map((row) => row[column('train smoothed')]);
    expect(smoothed[2]).toBeNull();
    for (const [row, train] of [2.9, 2.8, null, 2.7].entries()) {
      if (train !== null) expect(smoothed[row]).toBeCloseTo(train, 12);
    }
    expect(rows[2]![column('validation')]).toBe(3);
    expect(rows.map((row) => row[column('rows')])).toEqual([null, null, 200, null]);
  });

  it('lists epochs, the newest first, in the unit asked for', () => {
    const { columns, rows } = epochTable([epoch, { ...epoch, epoch: 2, best: false, validation: null }], 'bits', 4);
    expect(rows.map((row) => row[0])).toEqual([2, 1]);
    const validation = columns.findIndex((name) => name.startsWith('Validation'));
    expect(rows[1]![validation]).toBeCloseTo(3 / (4 * Math.LN2), 12);
    expect(rows[0]![validation]).toBeNull();
  });
});

describe('zooming the curves', () => {
  const metrics = Array.from({ length: 100 }, (_, i) => ({ ...batch(i + 1), seconds: (i + 1) * 10 }));
  const figure = (axis: 'epoch' | 'step' | 'time', logX: boolean, width = 800) =>
    curves({
      runs: [{ name: 'bars', metrics, dimension: 4 }],
      unit: 'nats',
      axis,
      logX,
      logY: false,
      wholeRange: false,
      width,
      height: 300,
      theme: themeFor('light'),
    });

  it.each([
    ['epoch', false],
    ['step', true],
    ['time', false],
  ] as const)('keeps a window of %s (logarithmic: %s) through transform and back, at any size', (axis, logX) => {
    const window = axis === 'time' ? ([300, 480] as const) : ([12, 30] as const);
    for (const width of [500, 800, 1300]) {
      const drawn = figure(axis, logX, width);
      const back = windowOf(drawn, transformOf(drawn, window));
      expect(back?.[0]).toBeCloseTo(window[0], 6);
      expect(back?.[1]).toBeCloseTo(window[1], 6);
    }
  });

  it('takes the whole axis for no window', () => {
    const drawn = figure('epoch', false);
    expect(windowOf(drawn, transformOf(drawn, null))).toBeNull();
    // A window wider than the data, as another run may have left it.
    expect(windowOf(drawn, transformOf(drawn, [-100, 1000]))).toBeNull();
  });
});

it('says what the temperature does, by how rows are drawn', () => {
  expect(temperatureText(plain)).toContain('sharpens the conditionals');
  expect(temperatureText({ ...plain, flow: true })).toContain('Draws from the base are multiplied');
  expect(temperatureText({ ...plain, latent: true })).toContain(
    'multiplies z, drawn from the prior, and is that of p(x|z)',
  );
});
