/** Units of a likelihood. */
export const lossUnits = ['nats', 'bits'] as const;
export type LossUnit = (typeof lossUnits)[number];

/** An NLL in nats a row as the unit asked for: nats, or bits per dimension = nats / (D ln 2). */
export function lossIn(unit: LossUnit, nats: number, dimension: number): number {
  return unit === 'nats' ? nats : nats / (dimension * Math.LN2);
}

export function lossUnitLabel(unit: LossUnit): string {
  return unit === 'nats' ? 'nats' : 'bits/dim';
}
