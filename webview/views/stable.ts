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
    a.layers.every((layer, l) => sameLayer(layer, b.layers[l]!)) &&
    sameMasks(a.masks, b.masks)
  );
}

/** The network of the data, the one before as long as the data say the same: all that it has found out stays known. */
export function useNetwork(data: NetworkData): Connectivity {
  const kept = useRef<{ data: NetworkData; network: Connectivity } | null>(null);
  if (!kept.current || !sameNetwork(kept.current.data, data)) {
    kept.current = { data, network: connectivityOf(data) };
  } else kept.current.data = data;
  return kept.current.network;
}
