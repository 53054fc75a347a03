/** What the command line says of a model without a density: its loss by name and unit, never as a likelihood. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workplace } from '../worker/workplace.ts';
import { lens, lines } from './run.ts';

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.make();
});
afterAll(() => place.remove());

describe.each([
  ['cross-entropy', 'nats'],
  ['squared-error', 'squared units'],
] as const)('an autoencoder trained on its %s', (loss, unit) => {
  const name = loss.replace('squared-', 'squared ');
  const number = String.raw`\d+\.\d{3}`;

  it('is trained, shown and scored by it', async () => {
    const run = place.newRunFolder();
    const experiment = await place.experiment(loss, { model: { type: 'autoencoder', hidden: [8], loss } });
    const args = ['--run', run, '--backend', 'wasm', '--epochs', '2'];
    const trained = await lens('train', experiment, ...args);
    expect(trained.code).toBe(0);
    const [shown, evaluated, json] = [
      await lens('inspect', run, '--backend', 'wasm'),
      await lens('evaluate', run, '--backend', 'wasm'),
      await lens('evaluate', run, '--backend', 'wasm', '--json'),
    ];
    const curves = await lens('inspect', run, '--view', 'curves', '--backend', 'wasm');
    const score = `${number} ± ${number} ${unit} \\(50 rows\\)\n`;
    expect(trained.err).toMatch(new RegExp(`\nLoss +${name}, in ${unit}: no likelihood\n`));
    expect(trained.err).toMatch(new RegExp(`validation ${number}\\*? +${unit} +`));
    for (const { out } of [trained, shown]) {
      expect(out).toMatch(new RegExp(`\nBest epoch +\\d \\(${number} ${unit}\\)\n`));
      expect(out).toMatch(new RegExp(`\nTest ${name} +${score}`));
    }
    expect(evaluated.out).toMatch(new RegExp(`\n${name.replace(/^./, (c) => c.toUpperCase())} +${score}`));
    expect(curves.out).toContain(`Validation ${name} is lowest`);
    for (const { out } of [evaluated, curves]) expect(out).not.toMatch(/NLL|bits/);
    for (const { out, err } of [trained, shown]) expect(out + err).not.toMatch(/bits\/dim/);
    const [plain] = lines(json.out);
    expect(plain).toMatchObject({ quantity: name, bitsPerDim: null });
    expect(plain!['unit']).toBe(unit === 'nats' ? undefined : unit);
  });
});
