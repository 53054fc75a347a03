/**
 * Pure functions of tensors as programs of the backend's own, where it has such programs: training steps, scores, rows drawn in
 * batches, what inspections compute of many rows. A program is for the shapes of its inputs, and there are no more of them at a time than
 * are told.
 *
 * Making a program takes 7 to 1,400 ms (measured: 1 to 12 times as long as the function, which then takes a half to a tenth
 * of its time): a pass that runs once is not compiled. See {@link Pass.times} for the rule.
 */
import { tidy, type Tensor, type TensorContainer } from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { type Compile, type CompiledFunction, type GivenUp, NotCompilable } from './compiled.ts';
import { formOf, leavesOf, shapesOf } from './tensorTree.ts';

/** Passes of the same shapes from which on a program pays for being made. */
export const WORTH_COMPILING = 8;
/** Programs that are kept of forward passes; the one unused for longest goes. They hold no weights. */
const MOST_PROGRAMS = 16;
/** Shapes that are remembered without a program: how often they came, or why there is none. */
const MOST_KNOWN = 256;

/** Inputs that stand in for those of a pass while its program is made. */
export interface Examples<I> {
  /** Of the same names, shapes and types. */
  readonly inputs: I;
  dispose(): void;
}

/** `I` and `O` are records of tensors, of records and lists of them, and of plain values, which belong to the shapes. */
export interface Pass<I, O> {
  /** Whose function it is (a model), and how it is called there: two passes of the same name compute the same. */
  readonly of: object;
  readonly name: string;
  /** Depends on nothing but its argument: what else it reads, or draws at random, would be the same for ever after. */
  readonly compute: (inputs: I) => O;
  /**
   * How often the caller runs it with these shapes, as far as that follows from what is computed alone and not from what this
   * process has done before: then a resumed run computes as the uninterrupted one did, compiled from
   * {@link WORTH_COMPILING} on, and from the first time. Left out where no such thing is promised: it is compiled once it
   * has run so often.
   */
  readonly times?: number;
  /**
   * How often it is about to run with these shapes at least, where nothing is promised by {@link times}: where that is enough
   * it is compiled from the first time.
   */
  readonly coming?: number;
  /**
   * What the program is tried on. The inputs themselves unless told; whether it can be used must not depend on their values
   * where {@link times} is given.
   */
  readonly examples?: (inputs: I) => Examples<I>;
  /** Those of the inputs whose values are the same in every run; see `CompileHints`. */
  readonly fixed?: (inputs: I) => unknown;
  /** Told how many operations its program has, while that is made. */
  readonly counted?: (operations: number) => void;
  /** Told why it is computed operation by operation, every time that it is though it should be compiled. */
  readonly tell?: (reason: string) => void;
}

interface Program {
  readonly compiled: CompiledFunction;
  /** Null where the compiler does not tell. */
  readonly operations: number | null;
  /** The function's outputs of the program's results. */
  readonly outputs: (results: readonly Tensor[]) => unknown;
}

interface Known {
  runs: number;
  /** A reason where there can be none. */
  program: Program | string | null;
}

export class CompiledPasses {
  readonly #compile: Compile | undefined;
  readonly #most: number;
  readonly #owners = new WeakMap<object, number>();
  #ownerCount = 0;
  #makingMs = 0;
  /** By owner, name and shapes, the one used last at the end. */
  readonly #known = new Map<string, Known>();
  /** Of programs that have made room for others. */
  readonly #gone = new Set<string>();

  constructor({ compile }: Pick<Backend, 'compile'>, most = MOST_PROGRAMS) {
    this.#compile = compile;
    this.#most = most;
  }

  /** Time that making programs has taken so far, in milliseconds. */
  get makingMs(): number {
    return this.#makingMs;
  }

  /** Programs that there are. */
  get programs(): number {
    return [...this.#known.values()].filter(({ program }) => isProgram(program)).length;
  }

  /**
   * The outputs are the caller's.
   * @throws whatever it is that the function itself is not to blame for: a full disk, no memory.
   */
  run<I extends object, O extends object>(pass: Pass<I, O>, inputs: I, givenUp?: GivenUp): O {
    return this.byProgram(pass, inputs, givenUp) ?? plainly(pass.compute, inputs);
  }

  /**
   * The same, but null where {@link run} would call the function: for a caller who then computes it in pieces, between which
   * others have their turn.
   */
  byProgram<I extends object, O extends object>(pass: Pass<I, O>, inputs: I, givenUp?: GivenUp): O | null {
    const program = this.#programFor(pass, inputs);
    if (program === null) return null;
    return program.outputs(program.compiled.run(leavesOf(inputs), givenUp)) as O;
  }

  /** Whether the next run of it begins with making a program. */
  makes<I extends object, O extends object>(pass: Pass<I, O>, inputs: I): boolean {
    if (this.#compile === undefined) return false;
    const key = this.#key(pass.of, pass.name, inputs);
    const { runs, program } = this.#known.get(key) ?? { runs: 0, program: null };
    return program === null && this.#isWorth(pass, key, runs + 1);
  }

  /** How many operations the program of a pass has, which is made if need be and not run; null where there is none. */
  operations<I extends object, O extends object>(pass: Pass<I, O>, inputs: I): number | null {
    return this.#programFor(pass, inputs)?.operations ?? null;
  }

  /** Gives up the programs of one owner. */
  release(owner: object): void {
    const id = this.#owners.get(owner);
    if (id === undefined) return;
    const own = (key: string) => key.startsWith(`${id} `);
    for (const key of [...this.#known.keys()].filter(own)) this.#forget(key);
    for (const key of [...this.#gone].filter(own)) this.#gone.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#known.keys()]) this.#forget(key);
  }

  #programFor<I extends object, O extends object>(pass: Pass<I, O>, inputs: I): Program | null {
    if (this.#compile === undefined) return null;
    const key = this.#key(pass.of, pass.name, inputs);
    const found = this.#known.get(key);
    const known = found ?? { runs: 0, program: null };
    // The one used last stands at the end.
    this.#known.delete(key);
    this.#known.set(key, known);
    known.runs++;
    const worth = this.#isWorth(pass, key, known.runs);
    const making = worth && known.program === null;
    if (making) known.program = this.#made(this.#compile, pass, inputs);
    if (making || found === undefined) this.#bound();
    // Others may have had it compiled who promise less.
    if (!worth && pass.times !== undefined) return null;
    if (typeof known.program !== 'string') return known.program;
    pass.tell?.(known.program);
    return null;
  }

  /** Or why there can be none. */
  #made<I extends object, O extends object>(compile: Compile, pass: Pass<I, O>, inputs: I): Program | string {
    const examples = pass.examples?.(inputs) ?? { inputs, dispose: () => undefined };
    const [expected, found] = [shapesOf(inputs), shapesOf(examples.inputs)];
    let outputs: Program['outputs'] = () => null;
    let operations: number | null = null;
    const started = performance.now();
    try {
      if (found !== expected) throw new Error(`made-up inputs are ${found}, those of ${pass.name} are ${expected}`);
      const tensors = leavesOf(examples.inputs);
      const compiled = compile(
        tensors,
        () => {
          const results = pass.compute(examples.inputs);
          outputs = formOf(results);
          return leavesOf(results);
        },
        {
          fixed: leavesOf(pass.fixed?.(examples.inputs)).map((tensor) => tensors.indexOf(tensor)),
          ...(pass.examples && { waiting: leavesOf(inputs) }),
          counted: (count) => {
            operations = count;
            pass.counted?.(count);
          },
        },
      );
      return { compiled, operations, outputs: (results) => outputs(results) };
    } catch (error) {
      if (!(error instanceof NotCompilable)) throw error;
      return error.message;
    } finally {
      examples.dispose();
      this.#makingMs += performance.now() - started;
    }
  }

  #key(owner: object, name: string, inputs: object): string {
    const id = this.#owners.get(owner) ?? this.#ownerCount++;
    this.#owners.set(owner, id);
    return `${id} ${name} ${shapesOf(inputs)}`;
  }

  /** A program that has made room for others is announced in vain: it must have run as often again. */
  #isWorth<I, O>({ times, coming = 0 }: Pass<I, O>, key: string, runs: number): boolean {
    return (times ?? (this.#gone.has(key) ? runs : Math.max(runs, coming))) >= WORTH_COMPILING;
  }

  /** Of what is too much, the oldest go. */
  #bound(): void {
    let [programs, others] = [this.programs - this.#most, this.#known.size - this.programs - MOST_KNOWN];
    for (const [key, { program }] of [...this.#known]) {
      if (isProgram(program) ? programs-- <= 0 : others-- <= 0) continue;
      this.#forget(key);
      if (isProgram(program)) this.#gone.add(key);
    }
  }

  #forget(key: string): void {
    const program = this.#known.get(key)?.program ?? null;
    if (isProgram(program)) program.compiled.dispose();
    this.#known.delete(key);
  }
}

function isProgram(program: Known['program']): program is Program {
  return program !== null && typeof program !== 'string';
}

/** tf.tidy keeps every tensor found in what is returned, nested records included; only its type does not say so. */
function plainly<I, O extends object>(compute: (inputs: I) => O, inputs: I): O {
  return tidy(() => compute(inputs) as unknown as TensorContainer) as unknown as O;
}

/** Tells every reason once. */
export function toldOnce(tell: (reason: string) => void): (reason: string) => void {
  const told = new Set<string>();
  return (reason) => {
    if (told.has(reason)) return;
    told.add(reason);
    tell(reason);
  };
}

/**
 * What people are told once, with the first reason, when a backend computes something slower than it could.
 * @param what In the plural: `scores`.
 */
export function slowerOnce(
  { name }: Pick<Backend, 'name'>,
  what: string,
  tell: (text: string) => void = () => undefined,
): (reason: string) => void {
  let told = false;
  return (reason) => {
    if (told) return;
    told = true;
    tell(`${name} computes ${what} operation by operation, which takes longer: they cannot be one program (${reason})`);
  };
}

const shared = new WeakMap<object, CompiledPasses>();

/** Those of a backend that everybody shares: forward passes of models, which {@link CompiledPasses.release} their own. */
export function passesOn(backend: Pick<Backend, 'compile'>): CompiledPasses {
  const found = shared.get(backend) ?? new CompiledPasses(backend);
  shared.set(backend, found);
  return found;
}
