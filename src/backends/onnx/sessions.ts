/** Sessions of ONNX Runtime for one program, as it is chosen how programs are run. */
import { asked } from './asked.ts';
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
    this.#open = this.#opened(this.#chosen);
  }

  /** @throws Error when it has been disposed of */
  current(): Open {
    if (this.#open === null) throw new Error('this program was disposed of');
    const now = this.#runtime.choice();
    const before = this.#chosen;
    if (now.threads === before.threads && now.provider === before.provider && now.blocks === before.blocks) {
      return this.#open;
    }
    this.#open = this.#instead(this.#open, now);
    this.#chosen = now;
    return this.#open;
  }

  /** From now on without blocks. @throws Error when it has been disposed of */
  wholeOnly(): Open {
    const before = this.current();
    this.#whole = true;
    return (this.#open = this.#instead(before, this.#chosen));
  }

  /** Whether there was something to dispose of. */
  dispose(): boolean {
    if (this.#open === null) return false;
    this.#open.session.dispose();
    this.#open = null;
    return true;
  }

  /** Where the new one cannot be had, the old one stays as it was. */
  #instead(before: Open, chosen: ProgramChoice): Open {
    const open = this.#opened(chosen);
    before.session.dispose();
    return open;
  }

  #opened(chosen: ProgramChoice): Open {
    const { blocks, provider } = chosen;
    const { nodes: operations, stateBytes } = this.#program;
    const encoded = this.#program.encoded({
      blocks: this.#whole ? 1 : blocks,
      // Of the other providers, gradients would come from their devices, and parameters go there.
      updatesApart: provider === 'cpu' && stateBytes > 0 && this.#runtime.storage.room.makeRoom(stateBytes),
    });
    const locations = this.#runtime.memory && { locations: locationsOf(encoded.inputs, encoded.outputs) };
    const session = asked(() =>
      openSession(this.#runtime.binding, encoded.model, { ...chosen, operations, ...locations }),
    );
    return { session, encoded, follows: successors(encoded) };
  }
}
