/** Keeping what did not change: every frame brings its network anew, mostly the same one. */
import { useRef } from 'preact/hooks';
import { sameBits } from '../../src/masks/bits.ts';
import { connectivityOf } from '../../src/masks/byMasks.ts';
import type { Connectivity, NetworkData, NetworkLayer } from '../../src/masks/connectivity.ts';

function sameNumbers(a: Int32Array | null, b: Int32Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

const sameLayer = (a: NetworkLayer, b: NetworkLayer) =>
  a.name === b.name && a.units === b.units && sameNumbers(a.degrees, b.degrees);

function sameMasks(a: NetworkData['masks'], b: NetworkData['masks']): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((mask, i) => sameBits(mask, b[i]!));
}

export function sameNetwork(a: NetworkData, b: NetworkData): boolean {
  return (
    a.direct === b.direct &&
    a.layers.length === b.layers.length &&
    sameNumbers(a.order, b.order) &&
    a.context?.size === b.context?.size &&
    String(a.weightsEach) === String(b.weightsEach) &&
    a.layers.every((layer, l) => sameLayer(layer, b.layers[l]!)) &&
    sameMasks(a.masks, b.masks)
  );
}

/** What differs between two networks of one model: order, degrees, connections; null where their layers do. */
export function changeOfNetwork(a: NetworkData, b: NetworkData): string[] | null {
  const same = a.layers.length === b.layers.length && a.layers.every(({ units }, l) => units === b.layers[l]!.units);
  if (!same) return null;
  const hidden = (data: NetworkData) => data.layers.slice(1, -1);
  const degrees = hidden(a).every((layer, l) => sameNumbers(layer.degrees, hidden(b)[l]!.degrees));
  const order = sameNumbers(a.order, b.order);
  // Where degrees say all, connections differ with them and need no word of their own.
  const connections = degrees && order ? sameMasks(a.masks, b.masks) : true;
  return [...(order ? [] : ['order']), ...(degrees ? [] : ['degrees']), ...(connections ? [] : ['connections'])];
}

/** The network of the data, the one before as long as the data say the same: all that it has found out stays known. */
export function useNetwork(data: NetworkData): Connectivity {
  const kept = useRef<{ data: NetworkData; network: Connectivity } | null>(null);
  if (!kept.current || !sameNetwork(kept.current.data, data)) {
    kept.current = { data, network: connectivityOf(data) };
  } else kept.current.data = data;
  return kept.current.network;
}
