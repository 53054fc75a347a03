/** Two runs compared, in words computed from what was measured of both. */
import type { ScoresFrame } from '../inspection/frames.ts';
import type { RunManifest } from '../runs/manifest.ts';
import type { Difference } from '../spec/differences.ts';
import { measureOf } from '../text/measure.ts';
import type { CurveRun } from './curves.tsx';
import { formatCount, plural } from './text.ts';
import { lossScale, type LossScale } from './units.ts';

/** What is known of one of the two. */
export interface ComparedRun {
  readonly manifest: RunManifest;
  readonly scores: ScoresFrame | undefined;
}

/** How much lower B's NLL is, or why that cannot be said. */
export type ScoreDifference =
  | {
      /** NLL of A less that of B, nats a row: above 0 where B is better. */
      readonly gain: number;
      readonly standardError: number;
      /** Row by row; otherwise from the two standard errors, as if the rows were not the same. */
      readonly paired: boolean;
      readonly rows: number;
      readonly split: 'test' | 'validation';
      /** How many of the two scores are bounds, where any is. */
      readonly bounds?: 1 | 2;
    }
  | { readonly reason: string };

/** Why the scores of two runs cannot be compared, whatever rows they are of; null where they may be. */
export function measuredApart(a: Pick<ComparedRun, 'manifest'>, b: Pick<ComparedRun, 'manifest'>): string | null {
  const loss = [a, b].find(({ manifest }) => manifest.model?.quantity.kind === 'loss');
  if (loss) return `${loss.manifest.model?.type ?? 'one'} has no density, so that its loss is no score to compare`;
  if (a.manifest.dimension === b.manifest.dimension) return null;
  const [of, and] = [a.manifest.dimension, b.manifest.dimension].map(formatCount);
  return `the data differ: rows of ${of} and of ${and} variables`;
}

/** The difference of the scores, row by row where both have scored the same rows. */
export function scoreDifference(
  a: ComparedRun,
  b: ComparedRun,
  differences: readonly Difference[] | null,
): ScoreDifference {
  const reason = measuredApart(a, b);
  if (reason !== null) return { reason };
  if (a.scores && b.scores) {
    if (a.scores.data !== b.scores.data || a.scores.nats.length !== b.scores.nats.length) {
      return { reason: `the ${a.scores.split} rows of the two are not the same rows` };
    }
    return { ...paired(a.scores, b.scores), ...boundsAmong(a, b) };
  }
  const [left, right] = [a.manifest.test, b.manifest.test];
  if (!left || !right) return { reason: 'not both have been scored yet' };
  if (left.rows !== right.rows || differences === null || differences.some(({ key }) => key.startsWith('data'))) {
    return { reason: 'it is not known yet whether both were scored on the same rows' };
  }
  return {
    gain: left.nats - right.nats,
    standardError: Math.hypot(left.standardError, right.standardError),
    paired: false,
    rows: left.rows,
    split: 'test',
    ...boundsAmong(a, b),
  };
}

function boundsAmong(a: ComparedRun, b: ComparedRun): { readonly bounds?: 1 | 2 } {
  const bounds = [a, b].filter(({ manifest }) => manifest.model?.quantity.kind === 'bound').length;
  return bounds === 0 ? {} : { bounds: bounds === 1 ? 1 : 2 };
}

function paired({ nats, split }: ScoresFrame, other: ScoresFrame): ScoreDifference {
  const rows = nats.length;
  const gains = nats.map((value, row) => value - other.nats[row]!);
  const gain = gains.reduce((sum, value) => sum + value, 0) / rows;
  const squares = gains.reduce((sum, value) => sum + (value - gain) ** 2, 0);
  if (!Number.isFinite(gain)) return { reason: `some ${split} rows have no finite score` };
  return { gain, standardError: rows > 1 ? Math.sqrt(squares / (rows - 1) / rows) : 0, paired: true, rows, split };
}

/** Within so many standard errors a difference is none to be relied upon. */
const CLEAR = 2;
const MOST_NAMED = 3;

/** In the unit of `scale`: "B is 1.20 ± 0.40 nats better on 2,000 test rows, taken row by row; it has model.masks 32 for 1." */
export function compareReading(
  difference: ScoreDifference,
  differences: readonly Difference[] | null,
  scale: LossScale = lossScale('nats', 1),
): string {
  const bounds = 'reason' in difference ? undefined : difference.bounds;
  return `${verdict(difference, scale)}${differing(differences)}.${bounds === undefined ? '' : ` ${boundsText(bounds)}`}`;
}

function verdict(found: ScoreDifference, { number, unit }: LossScale): string {
  if ('reason' in found) return `The scores cannot be compared: ${found.reason}`;
  const { gain, standardError, rows, split } = found;
  const on = `on ${plural(rows, `${split} row`)}, ${
    found.paired ? 'taken row by row' : 'from the two standard errors alone, for rows of their own are not at hand'
  }`;
  if (rows < 2)
    return `The scores cannot be compared: ${plural(rows, `${split} row`)} alone tells no error of the difference`;
  const size = `${number(Math.abs(gain))} ± ${number(standardError)} ${unit}`;
  if (Math.abs(gain) <= CLEAR * standardError) {
    return `A and B cannot be told apart: the difference is ${size} ${on}`;
  }
  return `B is ${size} ${gain > 0 ? 'better' : 'worse'} than A ${on}`;
}

/** What a difference may come of where scores are bounds. */
function boundsText(bounds: 1 | 2): string {
  const which =
    bounds === 2
      ? 'Both are upper bounds of the NLL, and the difference may be that of the bounds, of posteriors that fit better or worse'
      : 'One of them is an upper bound of the NLL, whose model may be better than it tells';
  return `${which}: “lens evaluate --importance-samples” comes nearer to the NLL itself.`;
}

function differing(differences: readonly Difference[] | null): string {
  if (differences === null) return '';
  if (differences.length === 0) return '; the experiments are the same in every key';
  const named = differences.slice(0, MOST_NAMED).map(({ key, a, b }) => `${key} ${b ?? 'none'} for ${a ?? 'none'}`);
  const more = differences.length - named.length;
  return `; B has ${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more that differ` : ''}`;
}

/**
 * Why the heights of two curves on the same axes do not compare; null where they do. A loss compares with no likelihood,
 * nor with another loss; of two likelihoods those of rows of as many variables do.
 */
export function measuresApart(
  a: Pick<CurveRun, 'dimension' | 'quantity'>,
  b: Pick<CurveRun, 'dimension' | 'quantity'>,
): string | null {
  const [left, right] = [measureOf(a.quantity), measureOf(b.quantity)];
  if (left.likelihood && right.likelihood) {
    if (a.dimension === b.dimension) return null;
    return `Their heights do not compare: A’s rows have ${plural(a.dimension, 'variable')}, B’s ${formatCount(b.dimension)}.`;
  }
  if (left.name === right.name && left.unit === right.unit) {
    return `Both show ${articled(left.name)}, which is no likelihood: lower is a better reconstruction, and says nothing of a density.`;
  }
  const said = ([letter, { name, unit, likelihood }]: readonly [string, typeof left]) =>
    `${letter} shows ${articled(name)} (${unit})${likelihood ? '' : ', which is no likelihood'}`;
  return `Their heights do not compare: ${said(['A', left])}; ${said(['B', right])}.`;
}

/** "an NLL", "a cross-entropy". */
function articled(name: string): string {
  return `${/^(NLL|[aeio])/.test(name) ? 'an' : 'a'} ${name}`;
}
