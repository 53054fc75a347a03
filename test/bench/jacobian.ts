/** What the exact Jacobian of one row costs, D outputs by D inputs, as its frame is computed while nothing trains. */
import { spawnSync } from 'node:child_process';
import { startBackend } from '../../src/backends/index.ts';
import type { BackendName } from '../../src/backends/backend.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { flowJacobianFrame } from '../../src/inspection/flowJacobian.ts';
import { jacobianFrame } from '../../src/inspection/jacobian.ts';
import { type Chunked, type InspectionSource, type Snapshot, snapshotOf } from '../../src/inspection/source.ts';
import { createModel } from '../../src/models/index.ts';
import { RandomGenerator } from '../../src/random/generator.ts';
import type { ModelSpec } from '../../src/spec/experiment.ts';
import { madeSpec } from '../../src/spec/models/made.ts';
import { mafSpec } from '../../src/spec/models/maf.ts';
import { disposeTensors, upload } from '../../src/layers/namedTensors.ts';
import { benchRows } from './data.ts';
import type { FlowSizes } from './flows.ts';
import type { Python } from './torch.ts';
import { median } from './training.ts';

const TURNS = 7;
/** Slower ones are measured once. */
const SLOW_MS = 3000;

export interface JacobianCost {
  /** Of the whole frame, coding included. */
  readonly frameMs: number;
  /** The longest that anything else had to wait. */
  readonly chunkMs: number;
}

/** Of MADE. */
export const jacobianCost = (sizes: readonly number[], name: BackendName): Promise<JacobianCost> =>
  costOf(name, madeSpec.parse({ type: 'made', hidden: sizes.slice(1, -1) }), sizes[0]!, (snapshot) =>
    jacobianFrame(snapshot, { dataRows: 1, free: true }),
  );

/** Of one autoregressive layer of a MAF. */
export const flowJacobianCost = ({ dimension, hidden }: FlowSizes, name: BackendName): Promise<JacobianCost> =>
  costOf(name, mafSpec.parse({ type: 'maf', hidden, layers: 1, batchNorm: false }), dimension, (snapshot) =>
    flowJacobianFrame(snapshot, { layer: 0, dataRows: 1, free: true }),
  );

async function costOf(
  name: BackendName,
  spec: ModelSpec,
  dimension: number,
  frame: (snapshot: Snapshot) => Chunked<unknown>,
): Promise<JacobianCost> {
  const backend = await startBackend(name);
  const model = createModel(spec, dimension, 1);
  const parameters = upload(model.initialise(RandomGenerator.seeded(1, 'weights')));
  const dataset: Dataset = {
    ...{ train: benchRows(1, dimension), validation: null, test: null },
    ...{ dimension, image: null },
  };
  const counters = { step: 0, epoch: 0, mask: 0, seed: 1, image: null };
  const source: InspectionSource = { ...counters, model, backend, parameters, dataset: () => Promise.resolve(dataset) };
  const frames: number[] = [];
  const chunks: number[] = [];
  for (let turn = 0; turn <= TURNS; turn++) {
    const snapshot = snapshotOf(source, null);
    const work = frame(snapshot);
    let [whole, longest] = [0, 0];
    for (let done = false; !done;) {
      const start = performance.now();
      done = (await work.next()).done ?? false;
      const took = performance.now() - start;
      whole += took;
      longest = Math.max(longest, took);
    }
    snapshot.dispose();
    // The first one warms up, unless it takes so long that there is no need to.
    if (turn === 0 && whole < SLOW_MS) continue;
    frames.push(whole);
    chunks.push(longest);
    if (whole >= SLOW_MS && turn === 0) break;
  }
  disposeTensors(parameters);
  return { frameMs: median(frames), chunkMs: median(chunks) };
}

const script = `
import json, sys, time
import torch
import torch.nn.functional as F
sizes = json.loads(sys.argv[1])
torch.manual_seed(0)
D = sizes[0]
degrees = [torch.arange(1, D + 1)] + [torch.randint(1, D, (h,)) for h in sizes[1:-1]] + [torch.arange(1, D + 1)]
last = len(sizes) - 2
masks = [((b[:, None] > a[None]) if l == last else (b[:, None] >= a[None])).float()
         for l, (a, b) in enumerate(zip(degrees, degrees[1:]))]
layers = [torch.nn.Linear(i, o).requires_grad_(False) for i, o in zip(sizes, sizes[1:])]
def logits(x):
    for l, (layer, mask) in enumerate(zip(layers, masks)):
        x = F.linear(x, layer.weight * mask, layer.bias)
        if l < last: x = F.relu(x)
    return x
x = torch.bernoulli(torch.full((D,), 0.3))
times = []
for _ in range(9):
    start = time.perf_counter()
    torch.func.jacrev(logits)(x)
    times.append(time.perf_counter() - start)
print(1000 * sorted(times)[4])
`;

/** What PyTorch's jacrev takes, ms, or why that is not known. */
export function torchJacobian({ program }: Python, sizes: readonly number[]): number | string {
  const { status, stdout, stderr } = spawnSync(program, ['-c', script, JSON.stringify(sizes)], { encoding: 'utf8' });
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? 'it ended without a word';
  return Number(stdout);
}
