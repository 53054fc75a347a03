/**
 * Figures 2 and 3 of Kingma & Welling 2014 with our curves: `npm run reproduce -- curves [name …]` trains with the command
 * line, goes on where it was stopped, and keeps numbers in curves.json and charts in bounds.svg and marginal.svg. Without
 * names the charts are drawn anew from the numbers that are kept. $LENS_BACKEND computes (default: auto).
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatCount, formatFixed } from '../../src/figures/text.ts';
import { chartSvg, learningNames } from './curveChart.tsx';
import {
  boundCurve,
  type Curve,
  dataFile,
  firstRows,
  type Job,
  type Learning,
  learnings,
  marginal,
  type Panel,
  type Point,
  scoredOnce,
  trained,
} from './curveRuns.ts';

const KEPT = 'test/reproduction/curves.json';

const figures = ['bounds-mnist', 'bounds-frey', 'marginal-1000', 'marginal-50000'] as const;
type Figure = (typeof figures)[number];
type Kept = Partial<Record<Figure, readonly Panel[]>>;

const adam = { type: 'adam', learningRate: 0.001 } as const;
const backend = process.env['LENS_BACKEND'] ?? 'auto';

/** Figure 2: the bound of AEVB and of wake–sleep by the number of latents. */
const bounds = {
  'bounds-mnist': { title: 'MNIST', latents: [3, 20], hidden: 500, epochs: 4 },
  'bounds-frey': { title: 'Frey faces', latents: [2, 10], hidden: 200, epochs: 60 },
} as const;

function boundJob(figure: keyof typeof bounds, latent: number, learning: Learning): Job {
  const { hidden } = bounds[figure];
  const networks = { encoder: { hidden: [hidden] }, decoder: { hidden: [hidden] } };
  const [model, data]: [Partial<Job['experiment']['model']>, Job['experiment']['data']] =
    figure === 'bounds-mnist'
      ? [
          {},
          {
            train: `${dataFile('binarized_mnist.npz')}#train`,
            validation: `${dataFile('binarized_mnist.npz')}#valid`,
          },
        ]
      : [
          { output: { type: 'gaussian', mean: 'sigmoid' } },
          {
            source: `${dataFile('frey/frey_rawface.mat')}#ff'`,
            scale: 'unit',
            split: { train: 0.8, validation: 0.2, test: 0 },
          },
        ];
  return {
    name: `${figure}-${latent}-${learning}`,
    experiment: {
      model: { type: 'vae', latent, learning, ...networks, ...model } as Job['experiment']['model'],
      data,
      training: { epochs: 1000, batchSize: 100, patience: 1000, optimizer: adam },
      seed: 1,
    },
    backend,
  };
}

async function boundPanels(figure: keyof typeof bounds): Promise<Panel[]> {
  const { title, latents, epochs } = bounds[figure];
  const panels: Panel[] = [];
  for (const latent of latents) {
    const curves: Curve[] = [];
    for (const learning of ['aevb', 'wake-sleep'] as const) {
      const curve = await boundCurve(await trained(boundJob(figure, latent, learning), epochs), learning);
      curves.push(curve);
      say(`${title}, ${latent} latents`, curve);
    }
    panels.push({ title: `${title}, ${latent} latents`, curves });
  }
  return panels;
}

/** Figure 3: 3 latents, 100 hidden units; log p(x) of the first 1,000 rows trained on and of as many others, by 100 samples. */
const SAMPLES = 100;
const SCORED = 1000;
/** `stages`: epochs after which they are scored; `longest`: of Monte Carlo EM, each of whose steps takes as long as several. */
const marginals = {
  'marginal-1000': { rows: 1000, stages: [1, 3, 10, 30, 100], longest: 30 },
  'marginal-50000': { rows: 50_000, stages: [1, 2], longest: 1 },
} as const;

async function marginalPanels(figure: keyof typeof marginals): Promise<Panel[]> {
  const { rows, stages, longest } = marginals[figure];
  const train = await firstRows('binarized_mnist.npz#train', rows);
  // Not of the test rows, which stand in the order of their digits: the first thousand are noughts.
  const scored = {
    train: await firstRows('binarized_mnist.npz#train', SCORED),
    heldOut: await firstRows('binarized_mnist.npz#valid', SCORED),
  };
  const curves: Curve[] = [];
  for (const learning of learnings) {
    const job: Job = {
      name: `${figure}-${learning}`,
      experiment: {
        model: { type: 'vae', latent: 3, learning, encoder: { hidden: [100] }, decoder: { hidden: [100] } },
        data: { train },
        training: { epochs: 10_000, batchSize: 100, optimizer: adam },
        seed: 1,
      },
      backend,
    };
    const points: Record<keyof typeof scored, Point[]> = { train: [], heldOut: [] };
    for (const epochs of stages.filter((stage) => learning !== 'monte-carlo-em' || stage <= longest)) {
      for (const [of, data] of Object.entries(scored) as [keyof typeof scored, string][]) {
        const { nats, effective } = await scoredOnce(job, epochs, of, async () => {
          const { nats, importance } = await marginal(await trained(job, epochs), data, SAMPLES, backend);
          return { nats: -nats, effective: importance.effectiveSamples.mean };
        });
        points[of].push({ rows: epochs * rows, nats });
        console.log(
          `${figure} ${learning} ${of}: ${nats.toFixed(2)} after ${epochs * rows} rows, ESS ${effective.toFixed(1)}`,
        );
      }
    }
    curves.push({ learning, ...points });
  }
  return [{ title: `N = ${rows.toLocaleString('en-GB')}, 3 latents`, curves }];
}

function say(title: string, { learning, train, heldOut }: Curve): void {
  const [last, held] = [train.at(-1)!, heldOut.at(-1)];
  console.log(
    `${title}, ${learning}: bound ${last.nats.toFixed(2)}, held out ${held?.nats.toFixed(2)} after ${last.rows} rows`,
  );
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2).map((name) => {
    const found = figures.find((figure) => figure === name);
    if (!found) throw new Error(`there is no figure "${name}"; there are ${figures.join(', ')}`);
    return found;
  });
  for (const figure of wanted) {
    const panels =
      figure === 'bounds-mnist' || figure === 'bounds-frey' ? await boundPanels(figure) : await marginalPanels(figure);
    const before = await kept();
    await writeFile(path.resolve(KEPT), `${JSON.stringify({ ...before, [figure]: rounded(panels) }, null, 1)}\n`);
  }
  await draw(await kept());
}

const kept = async () => JSON.parse(await readFile(path.resolve(KEPT), 'utf8').catch(() => '{}')) as Kept;

function rounded(panels: readonly Panel[]): unknown {
  return JSON.parse(
    JSON.stringify(panels, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)),
  );
}

async function draw(all: Kept): Promise<void> {
  const write = (name: string, text: string) => writeFile(path.resolve('test/reproduction', name), text);
  const bound = [...(all['bounds-mnist'] ?? []), ...(all['bounds-frey'] ?? [])];
  if (bound.length > 0) {
    await write(
      'bounds.svg',
      chartSvg({
        title: 'Lower bound (Kingma & Welling 2014, figure 2)',
        reading: lead(bound, 'bound of rows not trained on'),
        yLabel: 'lower bound (nats a row)',
        panels: bound,
      }),
    );
  }
  const likelihood = [...(all['marginal-1000'] ?? []), ...(all['marginal-50000'] ?? [])];
  if (likelihood.length === 0) return;
  await write(
    'marginal.svg',
    chartSvg({
      title: 'Marginal likelihood (Kingma & Welling 2014, figure 3)',
      reading: lead(likelihood, `log p(x) of rows not trained on, by ${SAMPLES} importance samples`),
      yLabel: 'log p(x) (nats a row)',
      panels: likelihood,
    }),
  );
}

/** Who ends where, panel by panel. */
function lead(panels: readonly Panel[], what: string): string {
  const said = panels.map(({ title, curves }) => {
    const ends = curves.map(({ learning, heldOut }) => {
      const { rows, nats } = heldOut.at(-1)!;
      return `${learningNames[learning]} ${formatFixed(nats, 1)} after ${formatCount(rows)}`;
    });
    return `${title}: ${ends.join(', ')}`;
  });
  return `The last ${what} in nats, and after how many training rows. ${said.join('; ')}.`;
}

await main();
