/** Units of what is trained and scored. */
import { measureOf, type MeasuredQuantity } from '../text/measure.ts';
import { formatFixed } from './text.ts';

/** Units of a likelihood. */
export const lossUnits = ['nats', 'bits'] as const;
export type LossUnit = (typeof lossUnits)[number];

/**
 * An NLL in nats a row as the unit asked for: nats, or bits per dimension = nats / (D ln 2). Of rows that are read by what they
 * are made of (`each`, the characters of a text) nats are those of each, too: nats / D.
 */
export function lossIn(unit: LossUnit, nats: number, dimension: number, each?: string): number {
  if (unit === 'nats') return each === undefined ? nats : nats / dimension;
  return nats / (dimension * Math.LN2);
}

export function lossUnitLabel(unit: LossUnit, each?: string): string {
  if (each !== undefined) return `${unit}/${each}`;
  return unit === 'nats' ? 'nats' : 'bits/dim';
}

/** What a run's curves and scores are called, and how their values are written. */
export interface LossScale {
  /** In a sentence: "NLL", "cross-entropy". */
  readonly name: string;
  /** On an axis: "negative log-likelihood (bits/dim)". */
  readonly axis: string;
  /** Label of the unit. */
  readonly unit: string;
  /** Whether there is a choice of units: a loss that is no likelihood has its own alone. */
  readonly likelihood: boolean;
  readonly decimals: number;
  /** A value as the run keeps it, in the unit. */
  readonly of: (value: number) => number;
  /** "91.53", of such a value. */
  readonly number: (value: number) => string;
  /** "91.53 nats", of such a value. */
  readonly text: (value: number) => string;
}

/** @param wished unit, of likelihoods. @param quantity left out by runs of earlier versions, all with a likelihood. */
export function lossScale(wished: LossUnit, dimension: number, quantity?: MeasuredQuantity): LossScale {
  const { name, full, unit: own, likelihood, each } = measureOf(quantity);
  const unit = likelihood ? lossUnitLabel(wished, each) : own;
  const of = (value: number) => (likelihood ? lossIn(wished, value, dimension, each) : value);
  const decimals = unit === 'nats' ? 2 : 4;
  const number = (value: number) => formatFixed(of(value), decimals);
  return {
    name,
    axis: `${full} (${unit})`,
    unit,
    likelihood,
    decimals,
    of,
    number,
    text: (value) => `${number(value)} ${unit}`,
  };
}
