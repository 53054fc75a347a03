import type { Matrix } from '../../../data/dataset.ts';
import type { Model } from '../../../models/model.ts';
import type { Support } from '../../../spec/support.ts';
import { allRows } from '../../allRows.ts';
import type { Chunked, Snapshot } from '../../source.ts';
import { differentRows, repeated } from './contexts.ts';
import type { Measurement } from './measurement.ts';
import { sumOverRows } from './scoring.ts';

/** Most rows to sum over, by depth, as a power of 2: of binary data one for each variable. */
const POWER = { facts: 0, cheap: 10, full: 16 } as const;
/** Contexts under which the sum is taken, fewer where each of them takes long. */
const MOST_CONTEXTS = 3;

/** Σ p(x) over every row that there can be. */
export interface TotalProbability {
  /** Of the contexts looked at, the sum that is furthest from 1. */
  readonly value: number;
  /** L^D: 2^D where the data is binary. */
  readonly rows: number;
  /** Contexts under each of which the sum was taken; left out for models of p(x) alone. */
  readonly contexts?: number;
}

/**
 * Of models whose likelihood is exact: a bound's sum says nothing. Of a loss in nats, exp(−loss) is summed in the same
 * way, which shows that it is no likelihood.
 */
export const totalProbability: Measurement<TotalProbability> = {
  depth: 'cheap',
  applies: (model, depth) => hasTotal(model) && rowsOfAll(model) <= 2 ** POWER[depth],
  async *measure(snapshot) {
    const { model } = snapshot.source;
    const rows = rowsOfAll(model);
    if (model.contextDimension === 0) return { value: yield* totalGiven(snapshot, null), rows };
    let value = 1;
    const most = Math.max(1, Math.min(MOST_CONTEXTS, Math.floor(2 ** POWER.full / rows)));
    const contexts = differentRows((await snapshot.source.dataset()).train.context, most);
    for (const context of contexts) {
      const total = yield* totalGiven(snapshot, context);
      if (!(Math.abs(total - 1) <= Math.abs(value - 1))) value = total;
    }
    return contexts.length === 0 ? null : { value, rows, contexts: contexts.length };
  },
};

function hasTotal({ support, quantity }: Model): boolean {
  return support !== 'real' && quantity.kind !== 'bound' && quantity.unit === 'nats';
}

/** L of data of levels; 2 where they are binary. */
function levelsOf(support: Support): number {
  return typeof support === 'object' ? support.levels : 2;
}

function rowsOfAll({ support, dimension }: Model): number {
  return levelsOf(support) ** dimension;
}

/** Σ p(x | c) over all rows, c being the one row of `context`. */
async function* totalGiven(snapshot: Snapshot, context: Matrix | null): Chunked<number> {
  const { dimension, support } = snapshot.source.model;
  const levels = levelsOf(support);
  const block = (from: number, to: number): Matrix => {
    const rows = allRows(levels, dimension, from, to);
    return context === null ? rows : { ...rows, context: repeated(context, to - from) };
  };
  return yield* sumOverRows(snapshot, levels ** dimension, block, Math.exp);
}
