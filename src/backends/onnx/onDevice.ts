/** A run of a program on a device in whose memory a state can stay. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { DeviceTensor, OnnxTensor } from './binding.ts';
import type { DeviceMemory } from './device.ts';
import { sizeOf } from './graph.ts';
import { fitting, tensorOf } from './ports.ts';
import { asked, type Open } from './sessions.ts';
import type { OnnxStorage } from './storage.ts';
import type { Numbers } from './trace.ts';

/** With what is on the device already, and leaving there what may be wanted there again. */
export function computedOn(memory: DeviceMemory, storage: OnnxStorage, open: Open, given: readonly Tensor[]): Tensor[] {
  const { session, encoded } = open;
  const copied: Numbers[] = [];
  try {
    const feeds = encoded.inputs.map((port, i): [string, OnnxTensor | DeviceTensor] => {
      const { name, type, shape } = port;
      const tensor = fitting(port, given[i]);
      const there = storage.residentOf(tensor, memory);
      if (there !== null) return [name, new DeviceTensor(type, there.tensor.gpuBuffer, shape)];
      return [
        name,
        new OnnxTensor(
          type,
          storage.valuesOf(tensor, (values) => copied.push(values)),
          shape,
        ),
      ] as const;
    });
    const names = encoded.outputs.map(({ name }) => name);
    const found = asked(() => session.results(Object.fromEntries(feeds), names));
    return encoded.outputs.map(({ name, type, shape }) => {
      const result = found[name]!;
      if (result instanceof DeviceTensor) return tensorOf(storage, { type, shape }, memory.resident(session, result));
      const values = storage.room.take(type, sizeOf(shape));
      values.set(result.data);
      return tensorOf(storage, { type, shape }, values);
    });
  } finally {
    for (const values of copied) storage.room.give(values);
  }
}
