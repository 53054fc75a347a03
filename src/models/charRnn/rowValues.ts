/** What of a row of characters is kept for the gradient: truncated back-propagation through time goes back over all of it. */
import { cells } from '../../layers/recurrent/cells.ts';
import type { CellName } from '../../spec/cell.ts';
import type { RowValues } from '../rowValues.ts';
import type { CharacterNetwork } from './parameters.ts';

/** Of a unit at each step: what its cell saves, its states and what it heard. */
const perStep: Readonly<Record<CellName, number>> = { rnn: 1 + 1 + 1, lstm: 5 + 2 + 1, gru: 4 + 1 + 1 };

/** @param steps T, characters of a row. */
export function characterRowValues(
  { cell, vocabulary, hidden, embedding }: CharacterNetwork,
  steps: number,
): RowValues {
  const { gates } = cells[cell];
  const units = hidden.reduce((sum, one) => sum + one, 0);
  // Characters as they are heard, the layers, the logits.
  const kept = vocabulary + (embedding ?? 0) + (gates + perStep[cell]) * units + vocabulary;
  return { kept: steps * kept, largest: steps * Math.max(vocabulary, gates * Math.max(...hidden)) };
}
