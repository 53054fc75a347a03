/** A pixel's step of a recurrent layer, for a few images side by side. */
import type { Lanes, PanelProducts } from '../../layers/panelProducts.ts';
import type { RecurrentNode } from '../../masks/pixels/network.ts';
import type { Placed, Range } from './walkPlan.ts';

/** Where it happens. */
export interface StateStep {
  readonly products: PanelProducts;
  readonly lanes: Lanes;
  /** W */
  readonly width: number;
  readonly r: number;
  readonly c: number;
  /** Where the gates of this pixel are, without the states' part, which is added there. */
  readonly gates: number;
  /** Where states h of a pixel are. */
  readonly placeOf: (r: number, c: number) => number;
}

/** States h of units first … end − 1 and their memories c: those before are where the step of the pixel before left them. */
export function stepStates(placed: Placed, node: RecurrentNode, { first, end }: Range, step: StateStep): void {
  const { products, lanes, width, r, c, gates, placeOf } = step;
  const { values } = products;
  const units = placed.channels;
  const byRows = node.course === 'rows';
  const half = (node.width - 1) / 2;
  const stride = (byRows ? node.width : 2) * units;
  const before = node.course === 'mirrored' ? c + 1 : c - 1;
  // To the right nothing is known yet, unless the row is done with.
  const hearsBeside = before >= 0 && before < width && (node.course !== 'mirrored' || placed.turn === 'behind');
  for (let gate = 0; gate < 4; gate++) {
    const weights = placed.weights + (gate * units + first) * stride;
    const hear = (column: number, source: number, length: number) => {
      products.add(
        lanes,
        gates + (gate * units + first) * lanes,
        weights + column,
        stride,
        end - first,
        source,
        length,
      );
    };
    if (byRows) {
      const [left, right] = [Math.max(-half, -c), Math.min(half, width - 1 - c)];
      if (r > 0) hear((left + half) * units, placeOf(r - 1, c + left), (right - left + 1) * units);
    } else {
      if (r > 0) hear(0, placeOf(r - 1, c), units);
      if (hearsBeside) hear(units, placeOf(r, before), units);
    }
  }
  const memory = placed.start + (byRows ? c * units * lanes : 0);
  if (!byRows && !hearsBeside) values.fill(0, memory + first * lanes, memory + end * lanes);
  const own = placeOf(r, c);
  const part = units * lanes;
  for (let i = first * lanes; i < end * lanes; i++) {
    const at = gates + i;
    const kept = sigmoid(values[at + part]!) * values[memory + i]!;
    const written = sigmoid(values[at]!) * Math.tanh(values[at + 3 * part]!);
    values[memory + i] = kept + written;
    values[own + i] = sigmoid(values[at + 2 * part]!) * Math.tanh(values[memory + i]!);
  }
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
