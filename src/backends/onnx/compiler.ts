/** A function of tensors as one ONNX graph that ONNX Runtime computes: one call in place of some hundred. */
import { tidy, type Tensor } from '@tensorflow/tfjs-core';
import { type Compile, type CompiledFunction, type CompileHints, type GivenUp } from '../compiled.ts';
import { checkSame } from '../sameResults.ts';
import { asked } from './asked.ts';
import { OnnxTensor } from './binding.ts';
import { blockSize } from './blocks/layout.ts';
import { sizeOf } from './graph.ts';
import { computedOn } from './onDevice.ts';
import { fitting, tensorOf } from './ports.ts';
import type { NamedUpdate, Port, Program } from './program.ts';
import { isSound } from './replacing.ts';
import { type OnnxRuntime, type Open, type Runnable, Sessions } from './sessions.ts';
import type { Room } from './room.ts';
import { NotZeroOutside, type Packed } from './storage.ts';
import type { Numbers } from './trace.ts';
import { membersOf } from './updates.ts';

/** Traces and translates a function: the compiler proper. */
export type Translate = (
  examples: readonly Tensor[],
  compute: () => readonly Tensor[],
  hints?: CompileHints,
) => Program;

export function onnxCompiler(runtime: OnnxRuntime, translate: Translate): Compile {
  return (examples, compute, hints) => {
    const made: CompiledFunction[] = [];
    tidy(() => {
      runtime.storage.takeIn(hints?.waiting ?? []);
      const program = translate(examples, compute, hints);
      hints?.counted?.(program.nodes);
      const compiled = compiledProgram(runtime, program);
      try {
        checkSame(compiled.run(examples), program.results);
      } catch (error) {
        compiled.dispose();
        throw error;
      }
      made.push(compiled);
    });
    return made[0]!;
  };
}

/** @throws NotCompilable where ONNX Runtime refuses the model, its own error where it runs short of something */
export function compiledProgram(runtime: OnnxRuntime, program: Runnable): CompiledFunction {
  const { storage, memory } = runtime;
  storage.room.enter();
  memory?.enter();
  const leave = () => {
    memory?.leave();
    storage.room.leave();
  };
  const sessions = entered(leave, () => new Sessions(runtime, program));
  const checkFixed = fixedInputs(program);

  function computed({ session, encoded, follows }: Open, given: readonly Tensor[], givenUp?: GivenUp): Tensor[] {
    const { inputs, outputs, between, updates } = encoded;
    const temporary: Numbers[] = [];
    const results: (Contents | undefined)[] = [];
    try {
      const keepsOutside = new Set(outputs.map(({ blocks }) => blocks?.outside));
      const taken = inputs.map((port, i) => {
        const tensor = fitting(port, given[i]);
        const copied = (values: Numbers) => temporary.push(values);
        if (port.blocks === undefined) return storage.valuesOf(tensor, copied);
        return storage.blocksOf(tensor, { ...port.blocks, keepsOutside: keepsOutside.has(i) }, copied);
      });
      const feeds = named(inputs, taken);
      const fetches: Tensors = {};
      const emptiedAt = (place: number) => {
        const port = outputs[place]!;
        Object.assign(fetches, named([port], [(results[place] = emptied(port, taken))]));
      };
      for (const place of outputs.keys()) if (!follows.has(place)) emptiedAt(place);
      for (const { name, type, shape } of between) {
        const values = storage.room.take(type, sizeOf(shape));
        temporary.push(values);
        fetches[name] = new OnnxTensor(type, values, shape);
      }
      asked(() => session.run(feeds, fetches));
      const replaces = givenUp !== undefined && isSound(storage.room, updates, valuesIn(fetches));
      const taking = [...follows].filter(([place, from]) => {
        const tensor = given[from]!;
        const can = replaces && givenUp.tensors.has(tensor) && storage.canTakeOver(tensor.dataId, taken[from]!);
        if (!can) emptiedAt(place);
        return can;
      });
      // From here on nothing can fail.
      for (const [place, from] of taking) {
        storage.takeOver(given[from]!.dataId);
        Object.assign(fetches, named([outputs[place]!], [(results[place] = taken[from]!)]));
      }
      for (const update of updates) updateIn(storage.room, update, feeds, fetches);
      if (taking.length > 0) givenUp?.onReplaced();
    } catch (error) {
      for (const contents of results)
        for (const values of contents ? arraysOf(contents) : []) storage.room.give(values);
      throw error;
    } finally {
      for (const values of temporary) storage.room.give(values);
    }
    return outputs.map((port, i) => tensorOf(storage, port, results[i]!));
  }

  /** Where a result is written. */
  function emptied({ type, shape, blocks }: Port, fed: readonly Contents[]): Contents {
    if (blocks === undefined) return storage.room.take(type, sizeOf(shape));
    const { layout, outside } = blocks;
    return {
      layout,
      blocks: layout.blocks.map((block) => storage.room.take('float32', blockSize(block)) as Float32Array),
      outside: outside === null ? null : (fed[outside] as Packed).outside,
    };
  }

  return {
    run(given, givenUp) {
      checkFixed(given);
      if (memory !== undefined) return computedOn(memory, storage, sessions.current(), given);
      try {
        return computed(sessions.current(), given, givenUp);
      } catch (error) {
        // Thrown before anything has been computed.
        if (!(error instanceof NotZeroOutside)) throw error;
        return computed(sessions.wholeOnly(), given, givenUp);
      }
    },
    dispose() {
      if (sessions.dispose()) leave();
    },
  };
}

/** Leaves again where there is no program. */
function entered<T>(leave: () => void, open: () => T): T {
  try {
    return open();
  } catch (error) {
    leave();
    throw error;
  }
}

/** Does an update, from and to the arrays of a call. */
function updateIn(room: Room, update: NamedUpdate, feeds: Tensors, fetches: Tensors): void {
  const { state, next, gradient, reach, stepSize, floor, beta1, beta2 } = update;
  const of = (tensors: Tensors, name: string) => tensors[name]!.data as Float32Array;
  const [p, m, v] = membersOf(state).map((name) => of(feeds, name));
  const [nextP, nextM, nextV] = membersOf(next).map((name) => of(fetches, name));
  const arrays = [p!, of(fetches, gradient), m!, v!, nextP!, nextM!, nextV!] as const;
  const constants = { beta1, beta2, stepSize: of(fetches, stepSize)[0]!, floor: of(fetches, floor)[0]! };
  room.adam(arrays, constants, reach);
}

type Tensors = Record<string, OnnxTensor>;

function valuesIn(tensors: Tensors): ReadonlyMap<string, Numbers> {
  return new Map(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

/** Of one port. */
type Contents = Numbers | Packed;

function arraysOf(contents: Contents): readonly Numbers[] {
  return ArrayBuffer.isView(contents) ? [contents] : contents.blocks;
}

function named(ports: readonly Port[], contents: readonly Contents[]): Tensors {
  const tensors: Tensors = {};
  for (const [i, { name, type, shape, blocks }] of ports.entries()) {
    const parts = blocks?.parts ?? [{ name, shape }];
    for (const [k, values] of arraysOf(contents[i]!).entries()) {
      tensors[parts[k]!.name] = new OnnxTensor(type, values, parts[k]!.shape);
    }
  }
  return tensors;
}

/** Makes sure that inputs which are the same in every run are; each tensor is looked at once. */
function fixedInputs({ fixed }: Runnable): (given: readonly Tensor[]) => void {
  const seen = new WeakSet<object>();
  return (given) => {
    for (const [place, expected] of fixed) {
      const { dataId } = given[place]!;
      if (seen.has(dataId)) continue;
      const found = given[place]!.dataSync<'float32' | 'int32' | 'bool'>();
      if (bytesOf(found).compare(bytesOf(expected)) !== 0) {
        throw new Error(`input ${place} is not what this program was made for`);
      }
      seen.add(dataId);
    }
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
