/** A run of a program on a device in whose memory a state can stay. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { asked } from './asked.ts';
import { DeviceTensor, OnnxTensor, type Session } from './binding.ts';
import type { DeviceMemory, Resident } from './device.ts';
import { fitting, tensorOf } from './ports.ts';
import type { Open } from './sessions.ts';
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
    const contents = taken(memory, storage, session, found);
    return encoded.outputs.map(({ name, type, shape }) => tensorOf(storage, { type, shape }, contents.get(name)!));
  } finally {
    for (const values of copied) storage.room.give(values);
  }
}

/** Results as tensors hold them, by name: all of them, or none is kept. */
function taken(
  memory: DeviceMemory,
  storage: OnnxStorage,
  session: Session,
  found: Readonly<Record<string, OnnxTensor | DeviceTensor>>,
): ReadonlyMap<string, Numbers | Resident> {
  const contents = new Map<string, Numbers | Resident>();
  const results = Object.entries(found);
  // What must be released, whatever becomes of the others, first.
  for (const [name, result] of results) {
    if (result instanceof DeviceTensor) contents.set(name, memory.resident(session, result));
  }
  try {
    for (const [name, result] of results) {
      if (result instanceof DeviceTensor) continue;
      const values = storage.room.take(result.type, result.data.length);
      contents.set(name, values);
      values.set(result.data);
    }
    return contents;
  } catch (error) {
    for (const content of contents.values()) {
      if ('release' in content) content.release();
      else storage.room.give(content);
    }
    throw error;
  }
}
