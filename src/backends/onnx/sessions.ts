/** Sessions of ONNX Runtime for one program, as it is chosen how programs are run. */
import { messageOf } from '../../text/messageOf.ts';
import { NotCompilable } from '../compiled.ts';
import { type OnnxBinding, openSession, type Session, type SessionChoice } from './binding.ts';
import { type DeviceMemory, locationsOf } from './device.ts';
import type { Encoded, Program } from './program.ts';
import { successors } from './replacing.ts';
import type { OnnxStorage } from './storage.ts';

/** How programs are run. */
export interface ProgramChoice extends SessionChoice {
  /** Into how many blocks masked matrices are cut, where that gains anything; 1 for none. */
  readonly blocks: number;
}

/** What programs run on. */
export interface OnnxRuntime {
  readonly binding: OnnxBinding;
  readonly storage: OnnxStorage;
  /** Where a state can stay on the device that computes; left out where it cannot. */
  readonly memory?: DeviceMemory;
  /** Asked for before every run: with another choice a session is opened anew. */
  readonly choice: () => ProgramChoice;
}

/** What of a program is run. */
export type Runnable = Pick<Program, 'encoded' | 'fixed' | 'nodes' | 'stateBytes'>;

/** A session, and what it computes. */
export interface Open {
  readonly session: Session;
  readonly encoded: Encoded;
  readonly follows: ReturnType<typeof successors>;
}

/** The session for what is chosen now, opened when it is first needed. */
export class Sessions {
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
      updatesApart: provider === 'cpu' && stateBytes > 0 && this.#runtime.storage.room.makeRoom(stateBytes),
    });
    const locations = this.#runtime.memory && { locations: locationsOf(encoded.inputs, encoded.outputs) };
    const session = asked(() =>
      openSession(this.#runtime.binding, encoded.model, { ...this.#chosen, operations, ...locations }),
    );
    return { session, encoded, follows: successors(encoded) };
  }
}

/** What ONNX Runtime says when it is the machine that lacks something. */
const SHORTAGE = /memory|alloc|exhausted|no space/i;

/** @throws NotCompilable where ONNX Runtime refuses something, its own error where it runs short of something */
export function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (SHORTAGE.test(messageOf(error))) throw error;
    throw new NotCompilable(`ONNX Runtime refuses it: ${messageOf(error)}`, { cause: error });
  }
}
