/**
 * Statistics of batch normalisation for models that are looked at in the middle of an epoch. Those that are stored are
 * measured at its ends; a few steps later they belong to other weights, and what is scored with them may be off by a
 * hundred nats. So they are while an epoch ends, too, until they have been measured.
 */
import { pickRows } from '../data/matrix.ts';
import { disposeTensors, upload } from '../layers/namedTensors.ts';
import type { Chunked, Snapshot } from './source.ts';

/** Training rows that are measured, evenly spread: so many that means are good to some hundredths of a deviation. */
const ROWS = 1000;

/**
 * The snapshot with statistics of its own weights, where it has any and they are not; the same one otherwise. It takes the
 * place of the one that is given: whoever has it disposes of it alone.
 */
export async function* freshened(snapshot: Snapshot): Chunked<Snapshot> {
  const { source, step, parameters } = snapshot;
  const { measured } = source.model;
  if (!measured?.when.has('stored') || snapshot.measured === step) return snapshot;
  const { train } = await source.dataset();
  const count = Math.min(ROWS, train.rows);
  const rows = pickRows(
    train,
    Int32Array.from({ length: count }, (_, i) => Math.floor((i * train.rows) / count)),
  );
  const found = upload(yield* measured.measure('stored', parameters, rows));
  disposeTensors(Object.fromEntries(Object.keys(found).map((name) => [name, parameters[name]!])));
  const all = { ...parameters, ...found };
  return { ...snapshot, measured: step, parameters: all, dispose: () => disposeTensors(all) };
}
