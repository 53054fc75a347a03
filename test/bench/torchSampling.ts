/** Ancestral sampling of a MADE in PyTorch, the usual way: the whole network once for every variable. */
import { spawnSync } from 'node:child_process';
import type { Python } from './torch.ts';

const script = `
import json, sys, time
import torch
import torch.nn.functional as F
sizes, rows, seconds = json.loads(sys.argv[1])
torch.manual_seed(0)
D = sizes[0]
degrees = [torch.arange(1, D + 1)] + [torch.randint(1, D, (h,)) for h in sizes[1:-1]] + [torch.arange(1, D + 1)]
last = len(sizes) - 2
masks = [((b[:, None] > a[None]) if l == last else (b[:, None] >= a[None])).float()
         for l, (a, b) in enumerate(zip(degrees, degrees[1:]))]
layers = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])]
def logits(x):
    for l, (layer, mask) in enumerate(zip(layers, masks)):
        x = F.linear(x, layer.weight * mask, layer.bias)
        if l < last: x = F.relu(x)
    return x
with torch.no_grad():
    x = torch.zeros(rows, D)
    for _ in range(3): logits(x)
    start, passes = time.perf_counter(), 0
    for d in range(D):
        x[:, d] = torch.bernoulli(torch.sigmoid(logits(x)[:, d]))
        passes += 1
        if time.perf_counter() - start > seconds: break
    loop = time.perf_counter() - start
    times = []
    for _ in range(9):
        start = time.perf_counter()
        logits(x)
        times.append(time.perf_counter() - start)
print(json.dumps([1000 * loop * D / passes, 1000 * sorted(times)[4], passes]))
`;

export interface TorchSampling {
  /** Of all D passes; every pass costs the same, so that a long loop is broken off and reckoned to its end. */
  readonly sampleMs: number;
  readonly densityMs: number;
  /** Passes that were run. */
  readonly passes: number;
}

/** What PyTorch's loop takes, or why that is not known. */
export function torchSampling(
  { program }: Python,
  { sizes, rows, seconds }: { sizes: readonly number[]; rows: number; seconds: number },
): TorchSampling | string {
  const { status, stdout, stderr } = spawnSync(program, ['-c', script, JSON.stringify([sizes, rows, seconds])], {
    encoding: 'utf8',
  });
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? 'it failed';
  const [sampleMs, densityMs, passes] = JSON.parse(stdout) as [number, number, number];
  return { sampleMs, densityMs, passes };
}
