/** GALLERY.md: written anew from what is kept of every flow. */
import { format, resolveConfig } from 'prettier';
import { formatCount, minus } from '../../src/text/numbers.ts';
import {
  data,
  densities,
  DRAWN_ROWS,
  type Kept,
  type Learnt,
  modelNames,
  models,
  shown,
  type Density,
  training,
} from './settings.ts';

/** A gap below this many nats is a good fit. */
export const GOOD = 0.1;

const table = (rows: readonly (readonly string[])[]) => {
  const [header, ...others] = rows.map((cells) => `| ${cells.join(' | ')} |`);
  return [header, `|${rows[0]!.map(() => '---|').join('')}`, ...others].join('\n');
};
const nats = (value: number) => minus(value.toFixed(3));

/** A picture's file: `two-moons-realnvp.png`, and `two-moons-realnvp-rows.png` for rows. */
export const pictureName = (density: string, of: string, rows = false) =>
  `${density}-${of.toLowerCase()}${rows ? '-rows' : ''}.png`;

/**
 * @param kept Flows that are trained; a density that lacks one is left out.
 * @param remarks What there is to see, by density.
 * @param pictures The folder of the pictures, as the page links it.
 */
export async function galleryPage(
  kept: Kept,
  remarks: Readonly<Partial<Record<Density, string>>>,
  pictures: string,
): Promise<string> {
  const whole = densities.flatMap((density) => {
    const learnt = modelNames.flatMap((model) => kept[`${density}/${model}`] ?? []);
    return learnt.length === modelNames.length ? [{ density, learnt }] : [];
  });
  const sections = whole.map(({ density, learnt }) =>
    [`## ${shown[density].title}`, remarks[density], pictureTable(density, learnt, pictures)]
      .filter(Boolean)
      .join('\n\n'),
  );
  const text = [introduction(), summary(whole), ...sections].join('\n\n');
  const file = 'GALLERY.md';
  return format(text, { ...(await resolveConfig(file)), filepath: file, proseWrap: 'always' });
}

function introduction(): string {
  const { RealNVP, MAF } = models;
  const trained = Math.round(data.rows * data.split.train);
  return `# Gallery

The densities of the plane that \`"generate"\` knows, and what two flows make of them: RealNVP of ${RealNVP.layers} couplings, and MAF
of ${MAF.layers} layers with RealNVP’s scale, \`"${MAF.scale}"\`; ${RealNVP.hidden.join(' + ')} hidden units in each, no batch normalisation, a Gaussian as base.
They are trained on ${formatCount(trained)} rows, ${training.batchSize} a batch, by Adam with step size ${training.optimizer.learningRate}, as many epochs as stand below,
of which the best by validation rows is kept; seed 1, on \`wasm\`. \`npm run gallery\` trains and draws all of it, \`npm run gallery -- rings MAF\` a part; runs
stay in \`artifacts/gallery\`, to be looked at in the inspector, and are not trained twice.

The true densities are known exactly, and so are their entropies, which no model’s mean NLL can be below. The gap is the mean
of log p(x) − log q(x) over ${formatCount(data.rows * data.split.test)} test rows, p the truth and q the flow: an estimate of KL(p ‖ q) in nats, ± its standard
error. It is taken row by row, and so it is steadier than the NLL, which moves with the rows: NLL less entropy is not quite the gap.

In the pictures values go by their root from dark to bright, on one scale for the three densities of a row and one for the
three sets of ${formatCount(DRAWN_ROWS)} rows.

A flow is a smooth, invertible map of the plane: it bends and stretches a Gaussian, but it cannot tear it. Where the data
have a hole or are in parts, a thin bridge stays.`;
}

function summary(whole: readonly { density: Density; learnt: readonly Learnt[] }[]): string {
  return table([
    ['Density', 'True entropy', ...modelNames.flatMap((model) => [`${model}, test NLL`, 'Gap to the truth'])],
    ...whole.map(({ density, learnt }) => [
      `[${shown[density].title}](#${shown[density].title.toLowerCase().replaceAll(' ', '-')})`,
      nats(learnt[0]!.entropy),
      ...learnt.flatMap((one) => [nats(one.nats), gapText(one)]),
    ]),
  ]);
}

/** The gap with its error, and a mark where the fit is not a good one. */
export const gapText = ({ gap, standardError }: Learnt) =>
  `${nats(gap)} ± ${standardError.toFixed(3)}${gap > GOOD ? ' (over 0.1)' : ''}`;

function pictureTable(density: Density, learnt: readonly Learnt[], pictures: string): string {
  const picture = (of: string, rows: boolean, alt: string) =>
    `![${alt}](${pictures}/${pictureName(density, of, rows)})`;
  const title = shown[density].title;
  return table([
    ['', 'Truth', ...modelNames],
    [
      'Density',
      picture('true', false, `${title}: the true density`),
      ...modelNames.map((model) => picture(model, false, `${title}: the density of ${model}`)),
    ],
    [
      'Rows',
      picture('true', true, `${title}: rows of the data`),
      ...modelNames.map((model) => picture(model, true, `${title}: rows drawn from ${model}`)),
    ],
    ['Nats', `entropy ${nats(learnt[0]!.entropy)}`, ...learnt.map((one) => `${nats(one.nats)}, gap ${gapText(one)}`)],
    ['Best epoch', '', ...learnt.map(({ bestEpoch, epochs }) => `${bestEpoch} of ${epochs}`)],
  ]);
}
