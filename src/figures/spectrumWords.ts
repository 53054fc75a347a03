/** What the scaling spectrum says, in words computed from it. */
import type { SpectrumFrame } from '../inspection/frames/spectrum.ts';
import { placeIn } from '../spec/imageShape.ts';
import { channelName } from './imageWords.ts';
import { formatCount, formatValue, inputName, percent, plural } from './text.ts';

/** Places sorted by σ, the largest first, and what the first of them come to. */
export interface Sorted {
  /** [D] place of each rank. */
  readonly places: Int32Array;
  /** [D] rank of each place. */
  readonly ranks: Int32Array;
  /** [D] share of Σσ² that the first ranks have, this one included. */
  readonly shares: Float64Array;
}

export function sortedSpectrum({ sigma }: Pick<SpectrumFrame, 'sigma'>): Sorted {
  // What is no number comes last.
  const size = (place: number) => (Number.isNaN(sigma[place]!) ? -1 : sigma[place]!);
  const places = Int32Array.from(sigma.keys()).sort((a, b) => size(b) - size(a) || a - b);
  const ranks = new Int32Array(places.length);
  for (const [rank, place] of places.entries()) ranks[place] = rank;
  return { places, ranks, shares: sharesOf(Float64Array.from(places, (place) => sigma[place]!)) };
}

/** Shares of the sum of squares that the first 1, 2, … have. */
export function sharesOf(values: Float64Array): Float64Array {
  const all = values.reduce((sum, value) => sum + value * value, 0);
  let sum = 0;
  return values.map((value) => (sum += value * value) / all);
}

/** How many of the first are needed for a share. */
const needed = (shares: Float64Array, share: number) => shares.findIndex((own) => own >= share - 1e-12) + 1;

/** Changes of σ that are smaller are rounding. */
const STILL = 1e-6;

/** Of largest and smallest σ: where all lie within this, none of them says more than another. */
const TOGETHER = 1.25;

export function spectrumReading(frame: SpectrumFrame): string {
  const { reason, sigma, initial, variables, dimension, components, componentRows, noComponents } = frame;
  if (reason !== null) return `Nothing to show: ${reason}`;
  const wrong = [...sigma.keys()].filter((place) => !Number.isFinite(sigma[place]!) || sigma[place] === 0);
  if (wrong.length > 0) {
    const first = wrong[0]!;
    return `${plural(wrong.length, 'scale')} of ${formatCount(dimension)} ran off: σ of ${inputName(variables[first]!)} is ${formatValue(sigma[first]!)}. Nothing can be said of the spectrum as a whole.`;
  }
  const { places, shares } = sortedSpectrum(frame);
  const moved = sigma.filter((own, place) => Math.abs(own / initial[place]! - 1) > STILL).length;
  if (moved === 0) {
    return `Every σ is where it started, at ${formatValue(initial[0] ?? 1)}: the scales have not been trained yet.${beside()}`;
  }
  const [largest, smallest] = [sigma[places[0]!]!, sigma[places.at(-1)!]!];
  if (dimension > 1 && largest < smallest * TOGETHER) {
    const start = initial.every((own) => own === initial[0]) ? ` from ${formatValue(initial[0]!)}` : '';
    const within = percent(largest / smallest - 1, 1);
    return `The spectrum has not separated yet: all σ = 1/S have gone together${start}, to ${formatValue(smallest)} … ${formatValue(largest)}, within ${within} of each other. Logarithms of scales take steps as large as the learning rate at most, or about: more epochs or a higher rate tell the coordinates apart.${beside(false)}`;
  }
  const name = (rank: number) => inputName(variables[places[rank]!]!);
  const last = dimension - 1;
  const range =
    dimension === 1
      ? `σ = 1/S is ${formatValue(sigma[0]!)}; it started at ${formatValue(initial[0]!)}.`
      : `σ = 1/S falls from ${formatValue(sigma[places[0]!]!)} (${name(0)}) to ${formatValue(sigma[places[last]!]!)} (${name(last)}).`;
  return `${range}${sharesText(shares, dimension)}${startText(frame)}${beside()}`;

  /** @param counted whether there are places of a spectrum to compare with. */
  function beside(counted = true): string {
    if (components === null) {
      return noComponents === null ? '' : ` Principal components of the training rows are left out: ${noComponents}.`;
    }
    const theirs = needed(sharesOf(components), NINE_TENTHS);
    const ours = moved === 0 || !counted ? '' : comparison(needed(shares, NINE_TENTHS), theirs);
    return dimension === 1
      ? ` The standard deviation of the training rows is ${formatValue(components[0]!)}.`
      : ` PCA of ${plural(componentRows, 'training row')} has nine tenths of its variance in the first ${formatCount(theirs)}${ours}.`;
  }
}

const NINE_TENTHS = 0.9;

function comparison(ours: number, theirs: number): string {
  if (ours === theirs) return ', as many';
  return ours < theirs ? `, ${formatCount(theirs - ours)} more` : `, ${formatCount(ours - theirs)} fewer`;
}

function sharesText(shares: Float64Array, dimension: number): string {
  if (dimension === 1) return '';
  const half = needed(shares, 0.5);
  const most = needed(shares, NINE_TENTHS);
  const of = `of ${formatCount(dimension)}`;
  if (half === most) return ` The ${first(half)} ${of} ${half === 1 ? 'has' : 'have'} more than nine tenths of Σσ².`;
  return ` The ${first(half)} ${of} ${half === 1 ? 'has' : 'have'} half of Σσ², the first ${formatCount(most)} nine tenths.`;
}

const first = (count: number) => (count === 1 ? 'first' : `first ${formatCount(count)}`);

/** How many have come to matter less than at the start, and how many more. */
function startText({ sigma, initial, dimension }: SpectrumFrame): string {
  if (dimension === 1) return '';
  const below = sigma.filter((own, place) => own < initial[place]! * (1 - STILL)).length;
  const above = sigma.filter((own, place) => own > initial[place]! * (1 + STILL)).length;
  const start = initial.every((own) => own === initial[0]) ? ` of ${formatValue(initial[0]!)}` : '';
  const have = (count: number) => (count === 0 ? 'none has' : `${formatCount(count)} ${count === 1 ? 'has' : 'have'}`);
  if (below === 0) return ` None has fallen below the start${start}, ${have(above)} risen above it.`;
  return ` ${have(below)} fallen below the start${start}, ${have(above)} risen above it.`;
}

/** What is known of one rank, counted from 0: for the readout and for screen readers. */
export function rankText(frame: SpectrumFrame, rank: number): string {
  const { sigma, initial, variables, dimension, components, baseDeviation } = frame;
  const { places, shares } = sortedSpectrum(frame);
  const place = places[rank]!;
  const parts = [
    `Rank ${formatCount(rank + 1)} of ${formatCount(dimension)}: ${variableWords(frame, variables[place]!)}`,
    `σ ${formatValue(sigma[place]!)} (started at ${formatValue(initial[place]!)})`,
    `up to here ${percent(shares[rank]!, 1)} of Σσ²`,
  ];
  if (components) {
    const own = components[rank]!;
    const share = sharesOf(components)[rank]!;
    parts.push(
      `principal component ${formatCount(rank + 1)}: √λ ${formatValue(own)}${baseDeviation === 1 ? '' : `, ${formatValue(own / baseDeviation)} of the base’s deviation`}, up to here ${percent(share, 1)} of the variance`,
    );
  }
  return parts.join(' · ');
}

/** "x₂₁₅, row 8, column 20", with its channel where pixels have several. */
function variableWords({ image, dimension }: SpectrumFrame, variable: number): string {
  if (!image) return inputName(variable);
  const channels = Math.max(1, Math.round(dimension / (image[0] * image[1])));
  const { row, column, channel } = placeIn([image[0], image[1], channels], variable);
  const named = channels > 1 ? `, ${channelName(channel, channels)}` : '';
  return `${inputName(variable)}, row ${row + 1}, column ${column + 1}${named}`;
}

/** Name of the line of the components, with what divides them. */
export function componentsLabel({ componentRows, baseDeviation, base }: SpectrumFrame): string {
  const per = Math.abs(baseDeviation - 1) < 1e-3 ? '' : ` / ${formatValue(baseDeviation)} (deviation of the ${base})`;
  return `PCA of ${plural(componentRows, 'training row')}: √λ${per}`;
}
