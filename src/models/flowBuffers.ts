/** What a flow's layers are as it stands in a checkpoint, int32: `layers.<i>.passes`, `.order`, `.degrees.<l>`, `.permutation`. */
import type { MadeStructure } from '../masks/degrees.ts';
import type { FlowLayerStructure } from '../masks/flowLayers.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';
import { permutationFault } from '../spec/models/permutation.ts';

/** @param base Of a base that is a MADE: `base.order`, `base.degrees.<l>`. */
export function layersToBuffers(layers: readonly FlowLayerStructure[], base: MadeStructure | null): NamedArrays {
  return {
    ...Object.fromEntries(layers.flatMap((layer, i) => Object.entries(arraysOf(layer, `layers.${i}.`)))),
    ...(base && structureArrays(base, 'base.')),
  };
}

/** The base's structure with the arrays of a checkpoint. */
export function baseFrom(drawn: MadeStructure, buffers: NamedArrays): MadeStructure {
  return structureFrom(drawn, buffers, 'base.');
}

/**
 * The layers with the arrays of a checkpoint.
 * @param drawn As the specification has them.
 * @throws RangeError naming the buffer where it cannot be what it stands for.
 */
export function layersFrom(drawn: readonly FlowLayerStructure[], buffers: NamedArrays): FlowLayerStructure[] {
  return drawn.map((layer, i): FlowLayerStructure => {
    const read = (name: string) => buffers[`layers.${i}.${name}`]!.data as Int32Array;
    switch (layer.kind) {
      case 'coupling': {
        const passes = read('passes');
        const odd = passes.findIndex((value) => value !== 0 && value !== 1);
        if (odd >= 0) throw new RangeError(`layers.${i}.passes has ${passes[odd]} at ${odd}; 0 and 1 are possible`);
        return { ...layer, passes: Uint8Array.from(passes) };
      }
      case 'permutation':
        return { kind: 'permutation', order: read('permutation') };
      case 'autoregressive':
        return { kind: 'autoregressive', structure: structureFrom(layer.structure, buffers, `layers.${i}.`) };
      default:
        return layer;
    }
  });
}

function structureFrom({ hidden, direct }: MadeStructure, buffers: NamedArrays, prefix: string): MadeStructure {
  const read = (name: string) => buffers[`${prefix}${name}`]!.data as Int32Array;
  const order = read('order');
  const fault = permutationFault([...order], order.length);
  if (fault !== null) throw new RangeError(`${prefix}order ${fault.message}`);
  return { order, hidden: hidden.map((_, l) => read(`degrees.${l}`)), direct };
}

function structureArrays({ order, hidden }: MadeStructure, prefix: string): NamedArrays {
  return {
    [`${prefix}order`]: row(order),
    ...Object.fromEntries(hidden.map((degrees, l) => [`${prefix}degrees.${l}`, row(degrees)])),
  };
}

const row = (data: Int32Array): NamedArray => ({ shape: [data.length], data });

function arraysOf(layer: FlowLayerStructure, prefix: string): NamedArrays {
  switch (layer.kind) {
    case 'coupling':
      return { [`${prefix}passes`]: row(Int32Array.from(layer.passes)) };
    case 'permutation':
      return { [`${prefix}permutation`]: row(layer.order) };
    case 'autoregressive':
      return structureArrays(layer.structure, prefix);
    default:
      return {};
  }
}
