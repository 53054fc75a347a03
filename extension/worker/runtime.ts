/**
 * What runs the child: the editor's own runtime, or a real Node where a backend needs one. No editor in here.
 *
 * Electron forbids memory that it did not allocate itself, which WebGPU's library hands out; a remote editor's runtime
 * is a Node already.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Runtime } from '../../src/native/check.ts';
import type { NodeAnswer } from '../../src/native/nodes.ts';
import type { BackendChoice } from '../../src/protocol/worker.ts';
import type { Log } from './workerProcess.ts';

/** What settings say; empty where they say nothing. */
export interface RuntimeSettings {
  readonly nodePath: string;
  readonly tensorflowPath: string;
  readonly webgpuPath: string;
  readonly onnxruntimePath: string;
}

export interface RuntimesOptions {
  readonly settings: () => RuntimeSettings;
  /** Where native TensorFlow is set up. */
  readonly nativeRoot: string;
  /** The worker's program: packages are looked for above it. */
  readonly file: string;
  readonly findNode: (named: string | null) => Promise<NodeAnswer>;
  readonly log: Log;
  /** This process, unless a test says otherwise. */
  readonly host?: { readonly execPath: string; readonly electron: boolean; readonly env: NodeJS.ProcessEnv };
}

export class Runtimes {
  readonly #o: RuntimesOptions;
  readonly #host;
  readonly #found = new Map<string, Promise<NodeAnswer>>();

  constructor(o: RuntimesOptions) {
    this.#o = o;
    this.#host = o.host ?? ownHost();
  }

  /** What to run a child with that computes on `backend`. Never fails: what is missing shows as that backend's reason. */
  async for(backend: BackendChoice): Promise<Runtime> {
    const settings = this.#o.settings();
    const wanted = settings.nodePath !== '' || (this.#host.electron && this.#needsNode(backend, settings));
    const node = wanted ? await this.#node(settings.nodePath) : null;
    const env: NodeJS.ProcessEnv = { ...this.#host.env, LENS_NATIVE: this.#o.nativeRoot };
    if (settings.tensorflowPath !== '') env['LENS_TENSORFLOW'] = settings.tensorflowPath;
    if (settings.webgpuPath !== '') env['LENS_WEBGPU'] = settings.webgpuPath;
    if (settings.onnxruntimePath !== '') env['LENS_ONNXRUNTIME'] = settings.onnxruntimePath;
    if (node === null) return { execPath: this.#host.execPath, env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
    delete env['ELECTRON_RUN_AS_NODE'];
    return { execPath: node, env };
  }

  #needsNode(backend: BackendChoice, { webgpuPath }: RuntimeSettings): boolean {
    if (backend === 'webgpu') return true;
    // What the editor brings will do for all the others.
    return (
      backend === 'auto' && (webgpuPath !== '' || this.#host.env['LENS_WEBGPU'] !== undefined || hasDawn(this.#o.file))
    );
  }

  async #node(named: string): Promise<string | null> {
    let answer = this.#found.get(named);
    if (!answer) {
      answer = this.#o.findNode(named === '' ? null : named);
      this.#found.set(named, answer);
      const { node, ...rest } = await answer;
      if (node !== null) this.#o.log('info', `the child runs on Node ${node.version}, ${node.path}`);
      else if ('reason' in rest)
        this.#o.log(
          'warning',
          `the child runs on the editor's own runtime: ${rest.reason} (setting likelihoodLens.nodePath)`,
        );
      // It may be installed meanwhile.
      if (node === null) this.#found.delete(named);
    }
    return (await answer).node?.path ?? null;
  }
}

function ownHost() {
  return { execPath: process.execPath, electron: process.versions['electron'] !== undefined, env: process.env };
}

/** The editor's own runtime and nothing told. */
export function ownRuntime(): Promise<Runtime> {
  return Promise.resolve({ execPath: process.execPath, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
}

/** Whether Dawn for Node, the package `webgpu`, lies in a node_modules folder above. */
function hasDawn(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules/webgpu/package.json'))) return true;
    if (dirname(folder) === folder) return false;
  }
}
