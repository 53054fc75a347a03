/**
 * A new state in the place of the old one. Updates go through all of a state's memory, and take nearly twice as long where they
 * write to other memory than they read: with parameters, m and v in two or three sets little of it stays in the caches.
 *
 * What was replaced cannot be gone back to, so nothing is unless the outcome is sound.
 */
import type { Encoded, NamedUpdate, Port } from './program.ts';
import type { Room } from './room.ts';
import type { Numbers } from './trace.ts';
import { membersOf } from './updates.ts';

/**
 * Gradients from here on may leave a state that is not finite: their squares do not fit float32. Below, |m|/√v is no more than some
 * ten, and so is a step in step sizes.
 */
const LARGEST_GRADIENT = 1e15;
/** Step sizes from here on are nobody's wish. */
const LARGEST_STEP = 1e6;
/** Nothing to divide by where a gradient has always been 0. */
const LEAST_FLOOR = 1e-20;

/**
 * Outputs that updates write, by their places, and the place of the input that each is the successor of.
 * @throws Error where a part of one is written by something else
 */
export function successors({ inputs, outputs, updates }: Pick<Encoded, 'inputs' | 'outputs' | 'updates'>) {
  const [inputOf, outputOf] = [placesOf(inputs), placesOf(outputs)];
  const found = new Map<number, number>();
  const written = new Set<string>();
  for (const { state, next } of updates) {
    for (const [k, name] of membersOf(next).entries()) {
      written.add(name);
      found.set(outputOf.get(name)!, inputOf.get(membersOf(state)[k]!)!);
    }
  }
  for (const place of found.keys()) {
    if (!partsOf(outputs[place]!).every((name) => written.has(name)))
      throw new Error(`output ${place} is updated in part`);
  }
  return found;
}

function partsOf({ name, blocks }: Port): readonly string[] {
  return blocks?.parts.map((part) => part.name) ?? [name];
}

/** Places of ports by the names of their parts. */
function placesOf(ports: readonly Port[]): ReadonlyMap<string, number> {
  return new Map(ports.flatMap((port, place) => partsOf(port).map((part): [string, number] => [part, place])));
}

/**
 * Whether updates leave a finite state behind, and all else that came out of a run is finite.
 * @param values of outputs and of what is between, by name
 */
export function isSound(
  room: Pick<Room, 'bounded'>,
  updates: readonly NamedUpdate[],
  values: ReadonlyMap<string, Numbers>,
): boolean {
  const scalars = updates.every(
    ({ stepSize, floor }) => Math.abs(values.get(stepSize)![0]!) < LARGEST_STEP && values.get(floor)![0]! > LEAST_FLOOR,
  );
  const gradients = new Set(updates.map(({ gradient }) => gradient));
  return (
    scalars &&
    // The last ones first: the first updates then find their gradients in the fast caches.
    [...values]
      .reverse()
      .every(
        ([name, own]) =>
          !(own instanceof Float32Array) || room.bounded(own, gradients.has(name) ? LARGEST_GRADIENT : Infinity),
      )
  );
}
