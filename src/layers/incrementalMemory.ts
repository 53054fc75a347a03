/** Networks laid out in memory, ready for incremental evaluation. */
import { panelProducts, type PanelProducts } from './panelProducts.ts';
import { type IncrementalNetwork, type IncrementalPlan, incrementalPlan } from './incrementalPlan.ts';

/** A network in memory: its weights, then room for rows on their way through it. */
export interface Laid {
  readonly plan: IncrementalPlan;
  readonly products: PanelProducts;
}

/** What each row needs beside the network. */
export interface Room {
  /** Rows that lie in memory at a time. */
  readonly lanes: number;
  /** C, columns of the context. */
  readonly context: number;
}

/** Where networks are laid out, and where they end up. */
export interface Memory {
  /** To be given back. Yields the share that is laid out, so that the caller can draw breath. */
  layOut(network: IncrementalNetwork, room: Room): Generator<number, Laid, void>;
  giveBack(laid: Laid): void;
}

/** Memory of one's own for each network, which is free again when it is given back. */
export const freshMemory: Memory = {
  layOut(network, room) {
    const plan = incrementalPlan(network);
    return laidIn(plan, panelProducts(sizeOf(plan, room)));
  },
  giveBack: ({ products }) => products.release(),
};

/** Values that a network and the rows in it take up. */
export function sizeOf(plan: IncrementalPlan, { lanes, context }: Room): number {
  return plan.weights + lanes * (plan.units + context);
}

/** The network laid out in memory that is large enough. */
export function* laidIn(plan: IncrementalPlan, products: PanelProducts): Generator<number, Laid, void> {
  let whole = false;
  try {
    for (const place of plan.lay(products.values)) yield place / plan.weights;
    whole = true;
  } finally {
    if (!whole) products.release();
  }
  return { plan, products };
}
