/** A masked autoregressive flow in PyTorch, the usual way: to draw a row, every layer's network once for every variable. */
import { spawnSync } from 'node:child_process';
import type { FlowSizes } from './flows.ts';
import type { Python } from './torch.ts';

const script = `
import json, sys, time
import torch
import torch.nn.functional as F
D, hidden, layers, rows, seconds = json.loads(sys.argv[1])
torch.manual_seed(0)
degrees = [torch.arange(1, D + 1)] + [torch.randint(1, D, (h,)) for h in hidden]
masks = [(b[:, None] >= a[None]).float() for a, b in zip(degrees, degrees[1:])]
masks.append((torch.arange(1, D + 1).repeat(2)[:, None] > degrees[-1][None]).float())
sizes = [D] + hidden + [2 * D]
nets = [[torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])] for _ in range(layers)]
for net in nets:
    torch.nn.init.zeros_(net[-1].weight)
    torch.nn.init.zeros_(net[-1].bias)
def shift_and_scale(net, x):
    for l, (layer, mask) in enumerate(zip(net, masks)):
        x = F.linear(x, layer.weight * mask, layer.bias)
        if l < len(hidden): x = F.relu(x)
    return x.chunk(2, 1)
def log_prob(x):
    total = 0
    for k, net in enumerate(nets):
        if k > 0: x = x.flip(1)
        t, s = shift_and_scale(net, x)
        x = (x - t) * torch.exp(-s)
        total = total - s.sum(1)
    return total - 0.5 * (x ** 2).sum(1) - 0.9189385332046727 * D
with torch.no_grad():
    rows_in = torch.randn(rows, D)
    log_prob(rows_in)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        log_prob(rows_in)
        times.append(time.perf_counter() - start)
    start, passes = time.perf_counter(), 0
    x = torch.randn(rows, D)
    for k in reversed(range(layers)):
        u, x = x, torch.zeros(rows, D)
        for d in range(D):
            t, s = shift_and_scale(nets[k], x)
            x[:, d] = u[:, d] * torch.exp(s[:, d]) + t[:, d]
            passes += 1
            if time.perf_counter() - start > seconds: break
        else:
            if k > 0: x = x.flip(1)
            continue
        break
    loop = time.perf_counter() - start
print(json.dumps([1000 * sorted(times)[3], 1000 * loop * D * layers / passes, passes]))
`;

export interface TorchFlow {
  readonly densityMs: number;
  /** Of all passes; each costs the same, so that a long loop is broken off and reckoned to its end. */
  readonly sampleMs: number;
  /** Passes through one layer that were run. */
  readonly passes: number;
}

/** What PyTorch takes for as many rows, or why that is not known. */
export function torchFlow(
  { program }: Python,
  { dimension, hidden, layers, rows }: FlowSizes,
  seconds: number,
): TorchFlow | string {
  const wanted = JSON.stringify([dimension, hidden, layers, rows, seconds]);
  const { status, stdout, stderr } = spawnSync(program, ['-c', script, wanted], { encoding: 'utf8' });
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? 'it failed';
  const [densityMs, sampleMs, passes] = JSON.parse(stdout) as [number, number, number];
  return { densityMs, sampleMs, passes };
}
