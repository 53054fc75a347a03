/** The same training step in PyTorch, the usual way, where Python has it. */
import { spawnSync } from 'node:child_process';
import type { Net } from './training.ts';

const script = `
import json, sys, time
try:
    import torch
except ImportError:
    print(json.dumps(None)); sys.exit()
import torch.nn.functional as F
sizes, batch, seconds = json.loads(sys.argv[1])
torch.set_num_threads(1); torch.manual_seed(0)
D = sizes[0]
degrees = [torch.arange(1, D + 1)] + [torch.randint(1, D, (h,)) for h in sizes[1:-1]] + [torch.arange(1, D + 1)]
last = len(sizes) - 2
masks = [((b[:, None] > a[None]) if l == last else (b[:, None] >= a[None])).float()
         for l, (a, b) in enumerate(zip(degrees, degrees[1:]))]
layers = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])]
adam = torch.optim.Adam([p for layer in layers for p in layer.parameters()], 1e-3)
rows = (torch.rand(batch, D) > 0.7).float()
def step():
    h = rows
    for l, (layer, mask) in enumerate(zip(layers, masks)):
        h = F.linear(h, layer.weight * mask, layer.bias)
        if l < last: h = F.relu(h)
    adam.zero_grad()
    (F.binary_cross_entropy_with_logits(h, rows, reduction='sum') / batch).backward()
    adam.step()
for _ in range(5): step()
n, start = 0, time.perf_counter()
while time.perf_counter() - start < seconds: step(); n += 1
print(json.dumps({'rowsPerSecond': n * batch / (time.perf_counter() - start), 'version': torch.__version__}))
`;

/** Rows a second with one thread and Adam, or why they were not measured. */
export function torchThroughput(
  { sizes, batchSize }: Net,
  seconds: number,
): { rowsPerSecond: number; version: string } | string {
  const { status, stdout } = spawnSync('python3', ['-c', script, JSON.stringify([sizes, batchSize, seconds])], {
    encoding: 'utf8',
  });
  if (status !== 0) return 'not measured: no Python';
  const result = JSON.parse(stdout) as { rowsPerSecond: number; version: string } | null;
  return result ?? 'not measured: no torch';
}
