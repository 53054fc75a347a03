/**
 * The posteriors frame: q(z|x) of rows that are not trained on, and the aggregated posterior ¹⁄N Σ_n q(z|x_n) beside the prior.
 * Were the model perfect the two would be one; where they part, what is drawn from the prior is decoded from places that the
 * decoder has not learnt.
 */
import type { Labels } from '../data/dataset.ts';
import { normalCdf } from '../distributions/standardNormal.ts';
import type { FrameMaker, Look } from './frameMaker.ts';
import type { PosteriorsFrame } from './frames/posteriors.ts';
import { distanceFrom, expectedIn, histogramOf, sortedColumn } from './latentColumns.ts';
import { latentOf, lookedAt, pickedRows, posteriorsOf } from './latentLook.ts';
import { frameBase, type Chunked, type InspectionSource, type Snapshot } from './source.ts';

/** Rows, and values of z in a frame at most. */
const MOST_ROWS = { glance: 250, quick: 1000, thorough: 5000 } as const satisfies Record<Look, number>;
const VALUES = 2 ** 18;
/** Bins of the histograms in a standard deviation of the prior. */
const FINENESS = 5;
/** Their ends, in standard deviations of the prior: as far as there are draws, within these limits. */
const ENDS = { least: 4, most: 20 } as const;

export const posteriorsMaker: FrameMaker<'posteriors'> = {
  compute: (snapshot, { look, free }) => posteriorsFrame(snapshot, look, free),
  renewed: 'step',
  canBeRefined: ({ model }, look) => rowsFor(model, look) < rowsFor(model, 'thorough'),
};

function rowsFor(model: InspectionSource['model'], look: Look): number {
  return Math.max(1, Math.min(MOST_ROWS[look], Math.floor(VALUES / latentOf(model).latentDimension)));
}

/** @throws RangeError when the model has no latent variables. */
export async function* posteriorsFrame(
  snapshot: Snapshot,
  look: Look = 'thorough',
  free = false,
): Chunked<PosteriorsFrame> {
  const { source } = snapshot;
  const latent = latentOf(source.model).latentDimension;
  const most = rowsFor(source.model, look);
  const { split, row, of, matrix } = await lookedAt(source, most);
  const { mean, deviation, drawn, draws } = yield* posteriorsOf(snapshot, pickedRows(matrix, row), free);
  const end = endOf(drawn);
  const bins = 2 * end * FINENESS;
  const histogram = new Float32Array(latent * bins);
  const [distance, aggregateMean, aggregateVariance] = [0, 1, 2].map(() => new Float32Array(latent)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  for (let k = 0; k < latent; k++) {
    const column = sortedColumn(drawn, latent, k);
    histogram.set(histogramOf(column, -end, end, bins), k * bins);
    distance[k] = distanceFrom(column, normalCdf);
    const average = column.reduce((sum, value) => sum + value, 0) / column.length;
    aggregateMean[k] = average;
    aggregateVariance[k] = column.reduce((sum, value) => sum + (value - average) ** 2, 0) / column.length;
    if (k % 16 === 15) yield;
  }
  const { labels } = await source.dataset();
  const own = labels?.[split];
  return {
    kind: 'posteriors',
    ...frameBase(snapshot),
    ...{ latent, split, row, mean, deviation, draws, histogram, distance, aggregateMean, aggregateVariance },
    rows: row.length,
    allRows: of,
    labels: labels && own ? shownLabels(own, labels, row) : null,
    low: -end,
    high: end,
    bins,
    expected: expectedIn({ cdf: normalCdf }, -end, end, bins),
    complete: look === 'thorough' || most === rowsFor(source.model, 'thorough') || row.length === of,
  };
}

/** The whole number of standard deviations of the prior that no draw is beyond, within the limits. */
function endOf(drawn: Float32Array): number {
  const furthest = drawn.reduce((most, z) => (Number.isFinite(z) ? Math.max(most, Math.abs(z)) : most), 0);
  return Math.min(ENDS.most, Math.max(ENDS.least, Math.ceil(furthest)));
}

/** Classes in a legend at most. */
const MOST_CLASSES = 64;

/** Labels of some rows, with the classes that are frequent in the whole split: a closer look changes no mark. */
function shownLabels(
  own: Int32Array,
  { count, names }: Labels,
  row: Int32Array,
): NonNullable<PosteriorsFrame['labels']> {
  const rows = new Int32Array(count);
  for (const label of own) rows[label]! += 1;
  const frequent = Array.from({ length: count }, (_, label) => label).sort((a, b) => rows[b]! - rows[a]! || a - b);
  return { of: row.map((at) => own[at]!), count, names: names ?? null, frequent: frequent.slice(0, MOST_CLASSES) };
}
