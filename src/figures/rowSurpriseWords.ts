/** Where one row surprised a model, in words computed from the frame. */
import type { RowSurpriseFrame } from '../inspection/frames/pixelRows.ts';
import { channelsOf, placeWords } from './imageWords.ts';
import { formatCount, formatFixed, formatValue, inputName, plural } from './text.ts';

/** "Validation row 12 costs 7.31 nats, more than 96 of 100 rows looked at; its conditionals expected 5.10. …" */
export function rowSurpriseReading(frame: RowSurpriseFrame): string {
  const { split, row, surprise, entropy, others, real } = frame;
  const nll = surprise.reduce((sum, own) => sum + own, 0);
  const name = `${split === 'train' ? 'Training' : 'Validation'} row ${formatCount(row + 1)}`;
  if (!Number.isFinite(nll)) {
    const wrong = Array.from(surprise.keys()).filter((d) => !Number.isFinite(surprise[d]!));
    return `The NLL of ${name.toLowerCase()} is no finite number, since that of ${placeOf(frame, wrong[0]!)} is none.`;
  }
  const cheaper = others.filter((other) => other < nll).length;
  const rank = `more than ${formatCount(cheaper)} of ${plural(others.length, 'row')} looked at`;
  const expected = entropy ? entropy.reduce((sum, own) => sum + own, 0) : null;
  const beside = expected === null ? '' : `; its conditionals expected ${formatFixed(expected)}`;
  const pixels = byPixel(frame, surprise);
  const expectedBy = entropy && byPixel(frame, entropy);
  const worst = pixels.reduce((best, value, at) => (value > pixels[best]! ? at : best), 0);
  const told = expectedBy ? `, where ${formatValue(expectedBy[worst]!)} was expected` : '';
  const most = `It was surprised most at ${pixelPlace(frame, worst)}: ${formatValue(pixels[worst]!)} nats${told}.`;
  return [`${name} costs ${formatFixed(nll)} nats, ${rank}${beside}.`, most, ...half()].join(' ');

  function half(): string[] {
    if (real || nll <= 0 || pixels.length < 8) return [];
    let sum = 0;
    const count = [...pixels].sort((a, b) => b - a).findIndex((own) => (sum += own) >= nll / 2) + 1;
    return [`Half of what it costs falls on ${plural(count, 'pixel')} of ${formatCount(pixels.length)}.`];
  }
}

/** What pixels cost as a whole. */
function byPixel({ image }: RowSurpriseFrame, values: Float64Array): Float64Array {
  const channels = image ? channelsOf(image) : 1;
  const sums = new Float64Array(values.length / channels);
  for (const [d, value] of values.entries()) sums[Math.floor(d / channels)]! += value;
  return sums;
}

const pixelPlace = ({ image }: RowSurpriseFrame, pixel: number): string =>
  image ? placeWords([image[0], image[1]], pixel) : inputName(pixel);

const placeOf = ({ image }: RowSurpriseFrame, d: number): string =>
  image ? `${inputName(d)} (${placeWords(image, d)})` : inputName(d);

/** What is known of one variable. */
export function rowVariableText(frame: RowSurpriseFrame, d: number): string {
  const { surprise, entropy, picture } = frame;
  const value = picture.exact?.values?.[d] ?? valueOf(frame, d);
  return [
    `${placeOf(frame, d)} = ${formatValue(value)}`,
    `−log p ${formatValue(surprise[d]!)} nats`,
    ...(entropy
      ? [`expected ${formatValue(entropy[d]!)}`, `difference ${formatValue(surprise[d]! - entropy[d]!)}`]
      : []),
  ].join(' · ');
}

function valueOf({ picture }: RowSurpriseFrame, d: number): number {
  const [low, high] = picture.range ?? [0, 1];
  const value = low + ((high - low) * picture.values[d]!) / 255;
  return picture.levels === undefined && picture.range ? value : Math.round(value);
}
