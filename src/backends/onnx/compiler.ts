/** A function of tensors as one ONNX graph that ONNX Runtime computes: one call in place of some hundred. */
import { engine, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { messageOf } from '../../text/messageOf.ts';
import { type Compile, type CompiledFunction, type CompileHints, type GivenUp, NotCompilable } from '../compiled.ts';
import { checkSame } from '../sameResults.ts';
import { type OnnxBinding, OnnxTensor, openSession, type Session, type SessionChoice } from './binding.ts';
import { blockSize } from './blocks/layout.ts';
import { sizeOf } from './graph.ts';
import type { Encoded, NamedUpdate, Port, Program } from './program.ts';
import { isSound, successors } from './replacing.ts';
import { NotZeroOutside, type OnnxStorage, type Packed } from './storage.ts';
import type { Numbers } from './trace.ts';
import { membersOf } from './updates.ts';

/** How programs are run. */
export interface ProgramChoice extends SessionChoice {
  /** Into how many blocks masked matrices are cut, where that gains anything; 1 for none. */
  readonly blocks: number;
}

/** What programs run on. */
export interface OnnxRuntime {
  readonly binding: OnnxBinding;
  readonly storage: OnnxStorage;
  /** Asked for before every run: with another choice a session is opened anew. */
  readonly choice: () => ProgramChoice;
}

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

/** What of a program is run. */
export type Runnable = Pick<Program, 'encoded' | 'fixed' | 'nodes' | 'stateBytes'>;

/** @throws NotCompilable where ONNX Runtime refuses the model, its own error where it runs short of something */
export function compiledProgram(runtime: OnnxRuntime, program: Runnable): CompiledFunction {
  const { storage } = runtime;
  storage.enter();
  const sessions = entered(storage, () => new Sessions(runtime, program));
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
        const values = storage.take(type, sizeOf(shape));
        temporary.push(values);
        fetches[name] = new OnnxTensor(type, values, shape);
      }
      asked(() => session.run(feeds, fetches));
      const replaces = givenUp !== undefined && isSound(storage, updates, valuesIn(fetches));
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
      for (const update of updates) updateIn(storage, update, feeds, fetches);
      if (taking.length > 0) givenUp?.onReplaced();
    } catch (error) {
      for (const contents of results) for (const values of contents ? arraysOf(contents) : []) storage.give(values);
      throw error;
    } finally {
      for (const values of temporary) storage.give(values);
    }
    return outputs.map(({ type, shape }, i) => {
      const info = { dataId: storage.adopt(results[i]!), dtype: type, shape: [...shape] };
      return engine().makeTensorFromTensorInfo(info, storage);
    });
  }

  /** Where a result is written. */
  function emptied({ type, shape, blocks }: Port, fed: readonly Contents[]): Contents {
    if (blocks === undefined) return storage.take(type, sizeOf(shape));
    const { layout, outside } = blocks;
    return {
      layout,
      blocks: layout.blocks.map((block) => storage.take('float32', blockSize(block)) as Float32Array),
      outside: outside === null ? null : (fed[outside] as Packed).outside,
    };
  }

  return {
    run(given, givenUp) {
      checkFixed(given);
      try {
        return computed(sessions.current(), given, givenUp);
      } catch (error) {
        // Thrown before anything has been computed.
        if (!(error instanceof NotZeroOutside)) throw error;
        return computed(sessions.wholeOnly(), given, givenUp);
      }
    },
    dispose() {
      if (sessions.dispose()) storage.leave();
    },
  };
}

/** Leaves again where there is no program. */
function entered<T>(storage: OnnxStorage, open: () => T): T {
  try {
    return open();
  } catch (error) {
    storage.leave();
    throw error;
  }
}

/** Does an update, from and to the arrays of a call. */
function updateIn(storage: OnnxStorage, update: NamedUpdate, feeds: Tensors, fetches: Tensors): void {
  const { state, next, gradient, reach, stepSize, floor, beta1, beta2 } = update;
  const of = (tensors: Tensors, name: string) => tensors[name]!.data as Float32Array;
  const [p, m, v] = membersOf(state).map((name) => of(feeds, name));
  const [nextP, nextM, nextV] = membersOf(next).map((name) => of(fetches, name));
  const arrays = [p!, of(fetches, gradient), m!, v!, nextP!, nextM!, nextV!] as const;
  const constants = { beta1, beta2, stepSize: of(fetches, stepSize)[0]!, floor: of(fetches, floor)[0]! };
  storage.adam(arrays, constants, reach);
}

type Tensors = Record<string, OnnxTensor>;

function valuesIn(tensors: Tensors): ReadonlyMap<string, Numbers> {
  return new Map(Object.entries(tensors).map(([name, { data }]) => [name, data]));
}

/** Of one port. */
type Contents = Numbers | Packed;

function arraysOf(contents: Contents): readonly Numbers[] {
  return 'layout' in contents ? contents.blocks : [contents];
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

interface Open {
  readonly session: Session;
  readonly encoded: Encoded;
  readonly follows: ReturnType<typeof successors>;
}

/** The session for what is chosen now, opened when it is first needed. */
class Sessions {
  readonly #runtime: OnnxRuntime;
  readonly #program: Runnable;
  #chosen: ProgramChoice;
  #open: Open | null;
  /** Matrices are not what their masks say: they go whole. */
  #whole = false;

  constructor(runtime: OnnxRuntime, program: Runnable) {
    this.#runtime = runtime;
    this.#program = program;
    this.#chosen = runtime.choice();
    this.#open = this.#opened();
  }

  /** @throws Error when it has been disposed of */
  current(): Open {
    if (this.#open === null) throw new Error('this program was disposed of');
    const now = this.#runtime.choice();
    const before = this.#chosen;
    if (now.threads === before.threads && now.provider === before.provider && now.blocks === before.blocks) {
      return this.#open;
    }
    this.#chosen = now;
    this.#open.session.dispose();
    return (this.#open = this.#opened());
  }

  /** From now on without blocks. */
  wholeOnly(): Open {
    this.#whole = true;
    this.#open?.session.dispose();
    return (this.#open = this.#opened());
  }

  /** Whether there was something to dispose of. */
  dispose(): boolean {
    if (this.#open === null) return false;
    this.#open.session.dispose();
    this.#open = null;
    return true;
  }

  #opened(): Open {
    const { blocks, provider } = this.#chosen;
    const { nodes: operations, stateBytes } = this.#program;
    const encoded = this.#program.encoded({
      blocks: this.#whole ? 1 : blocks,
      // Of the other providers, gradients would come from their devices, and parameters go there.
      updatesApart: provider === 'cpu' && stateBytes > 0 && this.#runtime.storage.makeRoom(stateBytes),
    });
    const session = asked(() => openSession(this.#runtime.binding, encoded.model, { ...this.#chosen, operations }));
    return { session, encoded, follows: successors(encoded) };
  }
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

/** @throws Error where the tensor is not what the program is for: memory would be read that is not its own */
function fitting({ name, type, shape }: Port, tensor: Tensor | undefined): Tensor {
  if (tensor?.dtype === type && tensor.shape.length === shape.length && tensor.shape.every((n, i) => n === shape[i])) {
    return tensor;
  }
  const found = tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
  throw new Error(`${name} is ${found}, expected ${type} [${shape.join(', ')}]`);
}

/** What ONNX Runtime says when it is the machine that lacks something. */
const SHORTAGE = /memory|alloc|exhausted|no space/i;

function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (SHORTAGE.test(messageOf(error))) throw error;
    throw new NotCompilable(`ONNX Runtime refuses it: ${messageOf(error)}`, { cause: error });
  }
}
