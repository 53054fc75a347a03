/** The comparison as tables. */
import type { ScoreDifference } from '../../src/figures/compareWords.ts';
import { drawsVectors, orderSentence, seesEverything } from '../../src/figures/sentences.ts';
import { formatCount, percent } from '../../src/figures/text.ts';
import { rowsPerSecondOf, speedText } from '../../src/figures/trainingSpeed.ts';
import { lossScale, type LossScale } from '../../src/figures/units.ts';
import { connectivityOf } from '../../src/masks/byMasks.ts';
import type { Connectivity } from '../../src/masks/connectivity.ts';
import { countWeights } from '../../src/masks/weightCount.ts';
import type { Difference } from '../../src/protocol/webview.ts';
import { drawnText } from '../../src/figures/drawingTimeWords.ts';
import { TOGETHER } from '../../src/inspection/frames.ts';
import type { PageModel, Table } from './view.ts';
import { conditionOf, conditionWord, epochOf } from '../runState.ts';
import { epochText } from '../words.ts';

type Fact = readonly [name: string, of: (model: PageModel, network: Connectivity | null) => string];

export function scaleOf({ lossUnit, run }: PageModel): LossScale {
  return lossScale(lossUnit, run?.manifest.dimension ?? 1, run?.manifest.model?.quantity);
}

/** "NLL 91.53 ± 0.60 nats": each run's own quantity. @param value as the run keeps it. */
function score(model: PageModel, value: number, error?: number): string {
  const { name, number, unit } = scaleOf(model);
  return `${name} ${number(value)}${error === undefined ? '' : ` ± ${number(error)}`} ${unit}`;
}

/** How long a row takes to draw, once that was asked for. */
function drawn({ run, frames: { drawingTime } }: PageModel, which: 'one' | 'each'): string {
  return (drawingTime && drawnText(drawingTime, which, run?.manifest.model)) ?? NONE;
}

/** In the place of what a run does not have. */
const NONE = '–';

const facts: readonly Fact[] = [
  ['Model', ({ run }) => run?.manifest.model?.type ?? NONE],
  ['State', ({ run }) => conditionWord[conditionOf(run)]],
  ['Epochs done', (model) => epochText(epochOf(model))],
  ['Parameters', ({ run }) => formatCount(run?.manifest.parameterCount ?? 0)],
  [
    'Best validation score',
    (model) => {
      const best = model.run?.manifest.best;
      return best ? `${score(model, best.nats)}, epoch ${best.epoch}` : NONE;
    },
  ],
  [
    'Test score',
    (model) => {
      const test = model.run?.manifest.test;
      return test ? `${score(model, test.nats, test.standardError)}, ${formatCount(test.rows)} rows` : NONE;
    },
  ],
  [
    'Trained at',
    ({ metrics }) => {
      const rate = rowsPerSecondOf(metrics);
      return rate === null ? NONE : speedText(rate);
    },
  ],
  ['A row drawn by itself', (model) => drawn(model, 'one')],
  [`Each of ${TOGETHER} drawn together`, (model) => drawn(model, 'each')],
  ['Masks', ({ frames }) => (frames.connectivity ? formatCount(frames.connectivity.maskCount) : NONE)],
  [
    'Order of the mask shown',
    (model, network) => (network ? `${orderSentence(network.order)}${maskShown(model)}` : NONE),
  ],
  ['Units, layer by layer', (_, network) => network?.layers.map(({ units }) => formatCount(units)).join(' – ') ?? NONE],
  ['Degrees of hidden units', (_, network) => (network ? degreesText(network) : NONE)],
  [
    'Weights that exist',
    (_, network) => {
      if (!network) return NONE;
      const { existing, all } = countWeights(network);
      const whole = drawsVectors(network) ? ', connections of whole vectors' : '';
      return `${formatCount(existing)} of ${formatCount(all)} (${percent(existing, all)})${whole}`;
    },
  ],
  [
    'Forbidden pairs joined',
    (_, network) => {
      if (!network) return NONE;
      if (seesEverything(network)) return 'all: no density';
      const { leaks, forbidden } = network.report();
      return `${formatCount(leaks.length)} of ${formatCount(forbidden)}`;
    },
  ],
  [
    'Required pairs lost',
    (_, network) =>
      network ? `${formatCount(network.report().losses.length)} of ${formatCount(network.report().required)}` : NONE,
  ],
];

/** ", mask 5 of 8" where there are several. */
export function maskShown({ frames: { connectivity } }: Pick<PageModel, 'frames'>): string {
  if (!connectivity || connectivity.maskCount < 2) return '';
  return `, mask ${connectivity.mask + 1} of ${connectivity.maskCount}`;
}

function degreesText({ layers }: Connectivity): string {
  const hidden = layers.slice(1, -1);
  if (hidden.length === 0) return 'no hidden layer';
  return hidden
    .map(({ degrees }) => {
      if (!degrees || degrees.length === 0) return 'none';
      const [least, most] = [degrees.reduce((x, y) => Math.min(x, y)), degrees.reduce((x, y) => Math.max(x, y))];
      return least === most ? String(least) : `${least} … ${most}`;
    })
    .join('; ');
}

/** One row a fact, one column a run. */
export function comparedTable(
  a: PageModel,
  b: PageModel,
  names: readonly [string, string],
  difference: ScoreDifference,
): Table {
  const shown = { ...b, lossUnit: a.lossUnit };
  const [left, right] = [a, b].map(({ frames }) => frames.connectivity && connectivityOf(frames.connectivity.network));
  // What neither has is no property of theirs: two flows have no masks.
  const rows = facts
    .map(([name, of]) => [name, of(a, left ?? null), of(shown, right ?? null)] as const)
    .filter(([, one, other]) => one !== NONE || other !== NONE);
  const { number, unit } = scaleOf(a);
  const gain =
    'reason' in difference
      ? difference.reason
      : `${number(-difference.gain)} ± ${number(difference.standardError)} ${unit} on ${formatCount(difference.rows)} ${difference.split} rows, ${difference.paired ? 'row by row' : 'not row by row'}`;
  return { columns: ['Property', ...names], rows: [...rows, ['B less A', null, gain]] };
}

export function differencesTable(differences: readonly Difference[]): Table {
  return { columns: ['Key', 'A', 'B'], rows: differences.map(({ key, a, b }) => [key, a ?? '(none)', b ?? '(none)']) };
}
