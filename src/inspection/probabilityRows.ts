/** Sums over all rows of binary values, or of levels: which rows carry the probability, and how the data lie under it. */
import { allRows } from './allRows.ts';
import { levelsOf, probabilities, type Region } from './probabilityRegion.ts';
import { isOne, type Cumulative, type DataFit, type RowSum } from './probabilityFrame.ts';
import { sortedDown } from './probabilitySorting.ts';
import type { Chunked } from './source.ts';

/** Rows that are shown one by one. */
const MOST = 12;
/** Points of a cumulative curve. */
const POINTS = 200;
/** Numbers looked at between two yields. */
const CHUNK = 2 ** 17;

export async function* rowSum(region: Region): Chunked<RowSum> {
  const { snapshot, variables, held, base } = region;
  const levels = levelsOf(snapshot.source.model)!;
  const free = variables.length;
  const rows = levels ** free;
  const valuesOf = (from: number, to: number) => allRows(levels, free, from, to).values;
  const { p, perMask } = yield* probabilities(region, rows, valuesOf);
  let total = 0;
  let sum = 0;
  for (let begin = 0; begin < rows; begin += CHUNK) {
    for (const own of p.subarray(begin, begin + CHUNK)) {
      total += own;
      if (own > 0) sum -= own * Math.log(own);
    }
    yield;
  }
  const sorted = yield* sortedDown(p);
  const [cumulative, half] = accumulate(sorted, total);
  // Frequencies are of all contexts together.
  const counts = held || region.context !== null ? null : yield* countsOf(region, levels);
  const top = mostProbable(p, sorted);
  const own = indexOf(variables, levels, base.values, 0);
  return {
    over: 'rows',
    levels,
    rows,
    total,
    perMask,
    given: held && { ...held, variables, own: p[own]! },
    context: region.context,
    ...(region.label && { label: region.label }),
    entropy: isOne(total, 'rows') ? sum : null,
    half,
    cumulative,
    most: {
      values: rowsShown(region, top, levels),
      probability: Float64Array.from(top, (row) => p[row]!),
      frequency: counts && Float64Array.from(top, (row) => counts.byRow[row]! / counts.rows),
    },
    data: counts && fitOf(counts, p),
  };
}

/** Which of all rows one row of data is. */
function indexOf(variables: Int32Array, levels: number, values: ArrayLike<number>, start: number): number {
  let index = 0;
  for (const d of variables) index = index * levels + values[start + d]!;
  return index;
}

/** Shares of the total that so many of the largest carry, at ranks spread evenly on a logarithmic scale; and how many carry half. */
function accumulate(sorted: Float64Array, total: number): [Cumulative, number] {
  const ranks = new Set<number>();
  for (let i = 0; i < POINTS; i++) ranks.add(Math.round(sorted.length ** (i / (POINTS - 1))));
  const rank: number[] = [];
  const share: number[] = [];
  let sum = 0;
  let half = 0;
  for (const [i, own] of sorted.entries()) {
    sum += own;
    if (half === 0 && sum >= total / 2) half = i + 1;
    if (!ranks.has(i + 1)) continue;
    rank.push(i + 1);
    share.push(total > 0 ? sum / total : 0);
  }
  return [{ rank: Float64Array.from(rank), share: Float64Array.from(share) }, half];
}

/** The first rows among those with the largest probabilities, largest first. */
function mostProbable(p: Float64Array, sorted: Float64Array): number[] {
  const least = sorted[Math.min(MOST, sorted.length) - 1]!;
  const above: number[] = [];
  const level: number[] = [];
  for (let row = 0; row < p.length; row++) {
    if (p[row]! > least) above.push(row);
    else if (p[row] === least && level.length < MOST) level.push(row);
  }
  above.sort((a, b) => p[b]! - p[a]! || a - b);
  return [...above, ...level].slice(0, MOST);
}

/** [n, D] the rows with everything that was held fast. */
function rowsShown({ snapshot, variables, held, base }: Region, rows: readonly number[], levels: number): Uint8Array {
  const { dimension } = snapshot.source.model;
  const values = new Uint8Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) {
    if (held) values.set(base.values, i * dimension);
    let rest = row;
    for (let k = variables.length - 1; k >= 0; k--, rest = Math.floor(rest / levels)) {
      values[i * dimension + variables[k]!] = rest % levels;
    }
  }
  return values;
}

interface Counts {
  readonly rows: number;
  /** How often each of all rows occurs. */
  readonly byRow: Int32Array;
}

async function* countsOf({ snapshot, variables }: Region, levels: number): Chunked<Counts> {
  const { train } = await snapshot.source.dataset();
  const byRow = new Int32Array(levels ** variables.length);
  const chunk = Math.max(1, Math.floor(CHUNK / train.columns));
  for (let row = 0; row < train.rows; row++) {
    byRow[indexOf(variables, levels, train.values, row * train.columns)]!++;
    if ((row + 1) % chunk === 0) yield;
  }
  return { rows: train.rows, byRow };
}

function fitOf({ rows, byRow }: Counts, p: Float64Array): DataFit {
  const shares: number[] = [];
  let [entropy, kl, covered] = [0, 0, 0];
  for (const [row, count] of byRow.entries()) {
    if (count === 0) continue;
    const share = count / rows;
    shares.push(share);
    entropy -= share * Math.log(share);
    kl += share * (Math.log(share) - Math.log(p[row]!));
    covered += p[row]!;
  }
  const sorted = Float64Array.from(shares).sort().reverse();
  return { rows, distinct: shares.length, entropy, kl, covered, cumulative: accumulate(sorted, 1)[0] };
}
