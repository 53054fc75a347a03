/** The sentences that read latent traversals, from what was decoded. */
import { AT_ZERO } from '../inspection/frames/manifold.ts';
import { ACTIVE } from '../inspection/frames/latentUnits.ts';
import type { TraversalsFrame } from '../inspection/frames/traversals.ts';
import { latentName } from './latentNames.ts';
import { NOTHING } from './manifoldWords.ts';
import type { OnStrip } from './traversals.tsx';
import { formatCount, formatFixed, formatValue, plural } from './text.ts';

/** Of every strip, the root mean square over places and variables of the differences from its mean, in shares of the range. */
export function stripChanges({ units, places, decoded }: TraversalsFrame): Float64Array {
  const { values, dimension } = decoded;
  const n = places.length;
  return Float64Array.from(units, (_, strip) => {
    let squares = 0;
    for (let d = 0; d < dimension; d++) {
      let mean = 0;
      for (let i = 0; i < n; i++) mean += values[(strip * n + i) * dimension + d]! / 255 / n;
      for (let i = 0; i < n; i++) squares += (values[(strip * n + i) * dimension + d]! / 255 - mean) ** 2;
    }
    return Math.sqrt(squares / n / dimension);
  });
}

/** A unit that carries so many times what the one before it does, and so much more in nats, goes before it. */
const [TIMES, MORE] = [1.15, 0.02];

/** The frame's order, or the one before as long as that is nearly it: strips do not change places for the noise of a look. */
export function steadyOrder(frame: TraversalsFrame, before: Int32Array | null): Int32Array {
  const { units, perUnit, activity } = frame;
  if (before?.length !== units.length || !before.every((unit) => units.includes(unit))) return units;
  const dead = (unit: number) => activity[unit]! <= ACTIVE;
  const still = before.every((unit, i) => {
    if (i === 0) return true;
    const last = before[i - 1]!;
    if (dead(last) !== dead(unit)) return dead(unit);
    return perUnit[unit]! <= TIMES * perUnit[last]! + MORE;
  });
  return still ? before : units;
}

const share = (value: number) => `${formatFixed(100 * value, 1)}\u00a0% of the range`;

export function traversalsReading(frame: TraversalsFrame): string {
  const { latent, units, activity, row, split, places, rows } = frame;
  const changes = stripChanges(frame);
  const active = Array.from(activity).filter((own) => own > ACTIVE).length;
  const others =
    latent === 1
      ? ''
      : row === AT_ZERO
        ? ', the others at 0'
        : `, the others where the encoder puts ${split} row ${formatCount(row + 1)}`;
  const what =
    latent === 1
      ? `The only latent, ${latentName(0)},`
      : units.length < latent
        ? `Each of the ${units.length} latents that carry most, of ${formatCount(latent)},`
        : `Each of the ${formatCount(latent)} latents`;
  const said = [`${what} at ${places.length} quantiles of the prior${others}.`];
  let [most, least] = [0, 0];
  for (const [strip, own] of changes.entries()) {
    if (own > changes[most]!) most = strip;
    if (own < changes[least]!) least = strip;
  }
  if (changes[most]! < NOTHING) {
    const along =
      units.length === 1 ? 'Along it next to nothing changes' : 'Along none of them does anything to speak of change';
    said.push(`${along} (${share(changes[most]!)} at most): the decoder does not listen to z.`);
  } else if (units.length === 1) {
    said.push(`Along it rows change by ${share(changes[0]!)}.`);
  } else {
    said.push(
      `Rows change most along ${latentName(units[most]!)}, by ${share(changes[most]!)}, least along ${latentName(units[least]!)}, by ${share(changes[least]!)}.`,
    );
  }
  said.push(activeText(frame, active, rows));
  return said.join(' ');
}

function activeText({ latent, activity, split, units }: TraversalsFrame, active: number, rows: number): string {
  const by = `by ${plural(rows, `${split} row`)}`;
  if (active === latent) return latent === 1 ? `It is active, ${by}.` : `All of them are active, ${by}.`;
  if (active === 0) return `None is active, ${by}: the posterior has collapsed onto the prior.`;
  const dead = Array.from(units).filter((unit) => activity[unit]! <= ACTIVE);
  const few = dead.length > 0 && dead.length <= 6 && units.length === latent;
  const names = few ? ` (${dead.map(latentName).join(', ')})` : '';
  const count = latent - active;
  return `${formatCount(active)} ${active === 1 ? 'is' : 'are'} active, ${by}; ${formatCount(count)} ${count === 1 ? 'tells' : 'tell'} nothing of a row${names}.`;
}

/** "z₃ = 0.75, the others at 0; KL 1.2 nats. …" */
export function stripText(frame: TraversalsFrame, order: Int32Array, { strip, place }: OnStrip): string {
  const { units, places, perUnit, activity, latent } = frame;
  const unit = order[strip]!;
  const change = stripChanges(frame)[units.indexOf(unit)]!;
  const carried = `KL ${formatValue(perUnit[unit]!)} nats, ${activity[unit]! > ACTIVE ? 'active' : 'not active'}`;
  const rank = latent === 1 ? '' : `, number ${units.indexOf(unit) + 1} of ${formatCount(latent)} by what it carries`;
  return `${latentName(unit)} = ${formatFixed(places[place]!, 2)}. ${carried}${rank}; along its strip rows change by ${share(change)}.`;
}
