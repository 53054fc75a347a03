/** The same training steps in PyTorch, the usual way, where a Python has it. */
import { spawnSync } from 'node:child_process';
import type { Workload } from './workloads.ts';

const script = `
import json, sys, time
import torch
import torch.nn.functional as F
kind, sizes, batch, seconds, device, fused = json.loads(sys.argv[1])
torch.manual_seed(0)
dev = torch.device(device)
bernoulli = lambda z, x: F.binary_cross_entropy_with_logits(z, x, reduction='sum') / batch
if kind == 'made':
    D = sizes[0]
    degrees = [torch.arange(1, D + 1)] + [torch.randint(1, D, (h,)) for h in sizes[1:-1]] + [torch.arange(1, D + 1)]
    last = len(sizes) - 2
    masks = [((b[:, None] > a[None]) if l == last else (b[:, None] >= a[None])).float().to(dev)
             for l, (a, b) in enumerate(zip(degrees, degrees[1:]))]
    modules = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])]
    rows = (torch.rand(batch, D) > 0.7).float().to(dev)
    def loss():
        h = rows
        for l, (layer, mask) in enumerate(zip(modules, masks)):
            h = F.linear(h, layer.weight * mask, layer.bias)
            if l < last: h = F.relu(h)
        return bernoulli(h, rows)
elif kind == 'conv':
    modules = [torch.nn.Conv2d(i, o, 5, padding=2) for i, o in ((1, 16), (16, 16), (16, 1))]
    rows = (torch.rand(batch, 1, 28, 28) > 0.7).float().to(dev)
    def loss():
        return bernoulli(modules[2](F.relu(modules[1](F.relu(modules[0](rows))))), rows)
elif kind == 'pixelcnn':
    class Masked(torch.nn.Conv2d):
        def __init__(self, i, o, side, own):
            super().__init__(i, o, side, padding=side // 2)
            mask = torch.ones(o, i, side, side)
            mask[:, :, side // 2 + 1:] = 0
            mask[:, :, side // 2, side // 2 + own:] = 0
            self.register_buffer('mask', mask)
        def forward(self, x):
            return self._conv_forward(x, self.weight * self.mask, self.bias)
    point = lambda i, o: torch.nn.Conv2d(i, o, 1)
    first, head, last = Masked(1, 32, 7, 0), point(32, 32), point(32, 1)
    blocks = [[point(32, 16), Masked(16, 16, 3, 1), point(16, 32)] for _ in range(4)]
    modules = [first, head, last, *(layer for block in blocks for layer in block)]
    rows = (torch.rand(batch, 1, 28, 28) > 0.7).float().to(dev)
    def loss():
        h = first(rows)
        for a, b, c in blocks: h = h + c(F.relu(b(F.relu(a(F.relu(h))))))
        return bernoulli(last(F.relu(head(F.relu(h)))), rows)
elif kind == 'characters':
    modules = [torch.nn.LSTM(65, 128, batch_first=True), torch.nn.Linear(128, 65)]
    text = torch.randint(0, 65, (batch, 51)).to(dev)
    seen = F.one_hot(text[:, :-1], 65).float()
    def loss():
        h, _ = modules[0](seen)
        return F.cross_entropy(modules[1](h).reshape(-1, 65), text[:, 1:].reshape(-1), reduction='sum') / batch
else:
    modules = [torch.nn.LSTM(28, 128, batch_first=True), torch.nn.Linear(128, 28)]
    rows = (torch.rand(batch, 28, 28) > 0.7).float().to(dev)
    def loss():
        h, _ = modules[0](torch.cat([torch.zeros(batch, 1, 28, device=dev), rows[:, :-1]], 1))
        return bernoulli(modules[1](h), rows)
for module in modules: module.to(dev)
adam = torch.optim.Adam([p for module in modules for p in module.parameters()], 1e-3, fused=fused)
def step():
    adam.zero_grad()
    value = loss()
    value.backward()
    adam.step()
    # Read as it is here, too: a run shows its loss.
    return value.item()
for _ in range(5): step()
n, start = 0, time.perf_counter()
while n < 2 or time.perf_counter() - start < seconds: step(); n += 1
print(json.dumps(n * batch / (time.perf_counter() - start)))
`;

export interface Python {
  readonly program: string;
  /** Of PyTorch. */
  readonly version: string;
  readonly threads: number;
  readonly cuda: boolean;
}

/** $LENS_PYTHON, or `python3`; null when it has no PyTorch. */
export function findTorch(): Python | null {
  const program = process.env['LENS_PYTHON'] ?? 'python3';
  const ask =
    'import json, torch; print(json.dumps([torch.__version__, torch.get_num_threads(), torch.cuda.is_available()]))';
  const { status, stdout } = spawnSync(program, ['-c', ask], { encoding: 'utf8' });
  if (status !== 0) return null;
  const [version, threads, cuda] = JSON.parse(stdout) as [string, number, boolean];
  return { program, version, threads, cuda };
}

/** Rows a second with Adam as PyTorch has it by default, or fused; or why they were not measured. */
export function torchThroughput(
  { program }: Python,
  { peer, rows }: Pick<Workload, 'peer' | 'rows'>,
  { seconds, device, fused }: { seconds: number; device: string; fused: boolean },
): number | string {
  if (peer === null) return 'nothing to compare it with';
  const wanted = [peer.kind, peer.kind === 'made' ? peer.sizes : [], rows, seconds, device, fused || null];
  const { status, stdout, stderr } = spawnSync(program, ['-c', script, JSON.stringify(wanted)], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as number) : (stderr.trim().split('\n').at(-1) ?? 'it failed');
}
