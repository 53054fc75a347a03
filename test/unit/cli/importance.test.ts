/** `lens evaluate --importance-samples`: the marginal likelihood of a model with latent variables, and of no other. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workplace } from '../worker/workplace.ts';
import { lens, lines } from './run.ts';

let place: Workplace;
let run: string;
beforeAll(async () => {
  place = await Workplace.make();
  run = place.newRunFolder();
  const model = { type: 'vae' as const, encoder: { hidden: [8] }, decoder: { hidden: [8] } };
  const trained = await lens('train', await place.experiment('vae', { model }), '--run', run, '--backend', 'wasm');
  expect(trained.code).toBe(0);
});
afterAll(() => place.remove());

const evaluate = (...more: string[]) => lens('evaluate', run, '--backend', 'wasm', ...more);

it('gives the IWAE bound, how many samples count, and the ELBO beside it', async () => {
  const [plain] = lines((await evaluate('--json')).out);
  expect(plain).toMatchObject({ rows: 50, quantity: 'evidence lower bound (ELBO)' });
  expect(plain).not.toHaveProperty('importance');
  const [sampled] = lines((await evaluate('--importance-samples', '200', '--json')).out);
  expect(sampled).toMatchObject({ rows: 50, quantity: 'IWAE-200 bound', importance: { samples: 200 } });
  const { elbo, effectiveSamples, samplingError } = sampled!['importance'] as {
    readonly elbo: number;
    readonly effectiveSamples: { readonly mean: number; readonly smallest: number };
    readonly samplingError: number;
  };
  expect(sampled!['nats']).toBeLessThan(-elbo);
  expect(effectiveSamples.smallest).toBeGreaterThan(1);
  expect(effectiveSamples.mean).toBeLessThan(200);
  expect(samplingError).toBeLessThan(0.1);
  // The ELBO by one sample a row, and by 200.
  expect(Math.abs(-elbo - Number(plain!['nats']))).toBeLessThan(0.5);

  const { out } = await evaluate('--importance-samples', '200');
  const number = String.raw`\d+\.\d{3}`;
  expect(out).toMatch(new RegExp(`\nNLL bound +${number} ± ${number} nats, `));
  expect(out).toMatch(/\nQuantity +IWAE-200 bound\n/);
  expect(out).toMatch(/\nSamples +200 of q\(z\|x\) a row\n/);
  expect(out).toMatch(/\nEffective +\d+\.\d of them on average, \d+\.\d at the worst row\n/);
  expect(out).toMatch(/\nSampling error +± \d\.\d{4} nats, the rows held\n/);
  expect(out).toMatch(/\nTail of weights +light in all rows \(Pareto k̂ ≤ 0\.7\)\n/);
  expect(out).toMatch(new RegExp(`\nBy the ELBO +${number} nats, ${number} above it\n`));
});

it('says of other models why it cannot be asked for', async () => {
  for (const [name, model, why] of [
    ['made', { type: 'made', hidden: [4] }, 'its log p(x) is exact, and there is nothing to be sampled'],
    ['autoencoder', { type: 'autoencoder', hidden: [4] }, 'it has no density'],
  ] as const) {
    const other = place.newRunFolder();
    const file = await place.experiment(name, { model: { ...model, hidden: [...model.hidden] } });
    await lens('train', file, '--run', other, '--backend', 'wasm', '--epochs', '1');
    const { code, err } = await lens('evaluate', other, '--importance-samples', '10');
    expect(code).toBe(1);
    expect(err).toContain(
      `--importance-samples 10: a model of type "${name}" has no latent variables; ${why}\nLeave the option out.`,
    );
  }
  expect((await evaluate('--importance-samples', '10', '--masks', '1')).err).toContain(
    '--masks 1: a model with latent variables has one structure; leave the option out',
  );
  expect((await evaluate('--importance-samples', '0')).err).toContain('A whole number from 1 to 10000000 is needed');
});
