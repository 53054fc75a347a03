/**
 * A function of tensors as one TensorFlow graph: one call in place of some hundred, no intermediate result kept longer
 * than it is needed, independent operations side by side. tfjs-node takes graphs as SavedModels.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type Compile, type CompiledFunction, NotCompilable } from '../compiled.ts';
import { messageOf } from '../../text/messageOf.ts';
import { checkSame } from '../sameResults.ts';
import type { NativeBackend } from './binding.ts';
import { record, type Recording } from './record.ts';
import { savedModel, TAG } from './savedModel.ts';

/** TensorFlow's optimiser of graphs takes longer the more there are: some seconds for so many. */
const MOST_NODES = 20_000;

/** A graph's inputs and outputs lie in the processor's memory: nothing for a backend that computes on a card. */
export function graphCompiler(backend: NativeBackend): Compile {
  return (examples, compute, hints) => {
    const made: CompiledFunction[] = [];
    tf.tidy(() => {
      const { recording, outputs } = record(backend, examples, compute);
      hints?.counted?.(recording.nodes.length);
      const graph = load(backend, recording);
      try {
        checkSame(
          asked(() => graph.run(examples)),
          outputs,
        );
      } catch (error) {
        graph.dispose();
        throw error;
      }
      made.push(graph);
    });
    return made[0]!;
  };
}

function load(backend: NativeBackend, { nodes, inputs, outputs }: Recording): CompiledFunction {
  if (nodes.length > MOST_NODES) throw new NotCompilable(`it has ${nodes.length} operations`);
  const id = throughFolder(savedModel(nodes), (folder) => asked(() => backend.binding.loadSavedModel(folder, TAG)));
  const names = [inputs.join(), outputs.join()] as const;
  return {
    run(given) {
      const handles = backend.binding.runSavedModel(id, backend.getInputTensorIds(given), ...names);
      return handles.map((handle) => backend.createOutputTensor(handle));
    },
    dispose: () => backend.binding.deleteSavedModel(id),
  };
}

/** Puts a SavedModel into a folder that is there for the call. @throws Error naming the folder that cannot be written */
function throughFolder<T>(model: Uint8Array, use: (folder: string) => T): T {
  let folder: string | null = null;
  try {
    try {
      folder = mkdtempSync(join(tmpdir(), 'lens-graph-'));
      writeFileSync(join(folder, 'saved_model.pb'), model);
    } catch (error) {
      const advice = 'make room there, or set TMPDIR to a folder that can be written';
      throw new Error(`${tmpdir()} cannot hold the graph (${messageOf(error)}); ${advice}`, { cause: error });
    }
    return use(folder);
  } finally {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

/** What TensorFlow says when it is the machine that lacks something. */
const SHORTAGE = /OOM|memory|exhausted|alloc|no space|quota|too many open files/i;

/** @throws NotCompilable where TensorFlow refuses the graph, its own error where it runs short of something */
function asked<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (SHORTAGE.test(messageOf(error))) throw error;
    throw new NotCompilable(`TensorFlow refuses it: ${messageOf(error)}`, { cause: error });
  }
}
