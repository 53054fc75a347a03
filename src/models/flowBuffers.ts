/** What a flow's layers are as it stands in a checkpoint, int32: `layers.<i>.passes`, `.order`, `.degrees.<l>`, `.permutation`. */
import type { FlowLayerStructure } from '../masks/flowLayers.ts';
import type { NamedArray, NamedArrays } from '../runs/arrays.ts';

export function layersToBuffers(layers: readonly FlowLayerStructure[]): NamedArrays {
  return Object.fromEntries(layers.flatMap((layer, i) => Object.entries(arraysOf(layer, `layers.${i}.`))));
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
        return { kind: 'coupling', passes: Uint8Array.from(passes) };
      }
      case 'permutation':
        return { kind: 'permutation', order: read('permutation') };
      case 'autoregressive': {
        const { hidden, direct } = layer.structure;
        return {
          kind: 'autoregressive',
          structure: { order: read('order'), hidden: hidden.map((_, l) => read(`degrees.${l}`)), direct },
        };
      }
      default:
        return layer;
    }
  });
}

function arraysOf(layer: FlowLayerStructure, prefix: string): NamedArrays {
  const row = (data: Int32Array): NamedArray => ({ shape: [data.length], data });
  switch (layer.kind) {
    case 'coupling':
      return { [`${prefix}passes`]: row(Int32Array.from(layer.passes)) };
    case 'permutation':
      return { [`${prefix}permutation`]: row(layer.order) };
    case 'autoregressive': {
      const { order, hidden } = layer.structure;
      return {
        [`${prefix}order`]: row(order),
        ...Object.fromEntries(hidden.map((degrees, l) => [`${prefix}degrees.${l}`, row(degrees)])),
      };
    }
    default:
      return {};
  }
}
