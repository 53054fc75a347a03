/** How a mean over rows is called and measured: the same words wherever a score or a curve is shown. */

/** What is trained and scored: {@link import('../models/model.ts').Quantity}. */
export interface MeasuredQuantity {
  readonly kind: 'exact' | 'bound' | 'loss';
  readonly name: string;
  readonly unit: string;
  /** What a row's likelihood is divided into to be read: `character` of a text; left out where a row is read as a whole. */
  readonly each?: string | undefined;
}

export interface Measure {
  /** In a sentence: "NLL", "cross-entropy". */
  readonly name: string;
  /** In full, on an axis: "negative log-likelihood". */
  readonly full: string;
  readonly unit: string;
  /** Whether it is a likelihood, or a bound of one: a loss has no bits per dimension, and compares with no NLL. */
  readonly likelihood: boolean;
  /** See {@link MeasuredQuantity.each}. */
  readonly each?: string;
}

const NLL: Measure = { name: 'NLL', full: 'negative log-likelihood', unit: 'nats', likelihood: true };

/** @param quantity left out by runs of earlier versions, all of which had a likelihood. */
export function measureOf(quantity?: MeasuredQuantity): Measure {
  switch (quantity?.kind) {
    case 'loss':
      return { name: quantity.name, full: quantity.name, unit: quantity.unit, likelihood: false };
    case 'bound':
      return { ...NLL, name: 'NLL bound', full: 'upper bound of the negative log-likelihood' };
    default:
      return quantity?.each === undefined ? NLL : { ...NLL, each: quantity.each };
  }
}

/** At the beginning of a line: "Cross-entropy". */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
