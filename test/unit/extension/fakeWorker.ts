/**
 * A worker without an engine, for the supervisor's tests. What it does is written in `<run folder>/script.json`:
 * one {@link Behaviour} per process that trains this run, the last one again for all later ones.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANCELLED } from '../../../src/protocol/drawing.ts';
import { Connection } from '../../../src/protocol/rpc.ts';
import { WORKER_PROTOCOL_VERSION, type WorkerSide } from '../../../src/protocol/worker.ts';
import type { RunManifest, RunState } from '../../../src/runs/manifest.ts';

export type Behaviour =
  /** Answers and goes on. */
  | 'train'
  /** Dies after the first batch, complaining. */
  | 'crash'
  /** Answers with an error. */
  | 'refuse'
  /** Answers that the data are bad. */
  | 'bad data'
  /** Never comes to the first batch. */
  | 'prepare'
  /** Dies before it answers. */
  | 'die'
  /** Blocks for ever after the first batch. */
  | 'hang'
  /** Finishes after the first batch. */
  | 'finish';

let folder: string | null = null;

const connection = new Connection<WorkerSide>({
  send: (message) => process.send!(message),
  onMessage: (listener) => process.on('message', listener),
  onClose: () => undefined,
});
setInterval(() => connection.notify('heartbeat', { rssBytes: 1 }), 20);
process.on('disconnect', () => {
  if (folder !== null) writeFileSync(join(folder, 'farewell'), 'checkpoint written');
  // Goes on its way long after another has begun, if it is told to be slow.
  const slow = folder !== null && existsSync(join(folder, 'slow to leave'));
  setTimeout(() => process.exit(0), slow ? 1000 : 0);
});

const manifest = (state: RunState, step = 1) =>
  ({ state, step, checkpoints: { last: '00000001', best: null } }) as RunManifest;

connection.handle('hello', () => {
  const pids = process.env['FAKE_WORKER_PIDS'];
  if (pids !== undefined) appendFileSync(pids, `${process.pid}\n`);
  return { version: WORKER_PROTOCOL_VERSION, pid: process.pid };
});
connection.handle('devices', () => [
  {
    name: 'cpu',
    available: true,
    version: '1',
    device: 'test',
    reason: null,
    memoryBytes: null,
    software: false,
    timing: null,
  },
]);
connection.handle('open', ({ runFolder }) => {
  folder = runFolder;
  // Opening that takes as long as reading large data does.
  if (existsSync(join(folder, 'slow'))) {
    writeFileSync(join(folder, 'opening'), '');
    return new Promise<never>(() => undefined);
  }
  return manifest('stopped');
});
connection.handle('pause', () => manifest('paused'));
connection.handle('stop', () => manifest('stopped'));
connection.handle('frame', () => null);
connection.handle('diagnose', async () => {
  const inFolder = (name: string) => join(folder ?? '', name);
  if (existsSync(inFolder('slow checks'))) writeFileSync(inFolder('checking'), '');
  while (existsSync(inFolder('slow checks'))) await new Promise((resolve) => setTimeout(resolve, 10));
  return [];
});
const drawings = new Map<number, (reason: Error) => void>();
connection.handle('sample', ({ id }) => {
  // A drawing that lasts until it is given up.
  if (id === undefined || folder === null || !existsSync(join(folder, 'long drawing'))) process.exit(1);
  writeFileSync(join(folder, 'drawing'), String(id));
  return new Promise<never>((_, reject) => drawings.set(id, reject));
});
connection.handle('sampleText', ({ id = 0, prime, length }) => {
  connection.notify('writing', { id, text: 'he', written: 2, length });
  // Of another text, given up before.
  connection.notify('writing', { id: id + 100, text: 'xx', written: 2, length });
  connection.notify('writing', { id, text: 'll', written: 4, length });
  return new Promise((resolve) => {
    setTimeout(() => resolve({ text: 'hello', file: `${prime}.txt`, step: 7, nats: 1.5 }), 300);
  });
});
connection.handle('cancelSample', ({ id }) => {
  const reject = drawings.get(id);
  reject?.(Object.assign(new Error('the drawing was given up'), { name: CANCELLED }));
  return drawings.delete(id);
});
connection.handle('train', ({ runFolder, resume }) => {
  folder = runFolder;
  const behaviour = nextBehaviour(folder);
  if (behaviour === 'refuse') throw new Error('the data has no columns');
  if (behaviour === 'bad data') throw Object.assign(new Error('a.csv: is bad'), { name: 'DataError' });
  if (behaviour === 'die') process.exit(3);
  if (behaviour === 'prepare') return new Promise<never>(() => undefined);
  setTimeout(() => {
    const train = resume ? 2 : 1;
    connection.notify('metrics', {
      from: 0,
      metrics: [{ type: 'batch', step: 1, epoch: 0.1, seconds: 1, train, mask: 0 }],
    });
    if (behaviour === 'crash') {
      process.stderr.write('FATAL ERROR: heap out of memory\n    at somewhere\n', () => process.exit(134));
    }
    if (behaviour === 'finish') connection.notify('manifest', manifest('finished', 9));
    if (behaviour === 'hang') for (;;);
  }, 10);
  return manifest('running');
});

function nextBehaviour(runFolder: string): Behaviour | undefined {
  const behaviours = JSON.parse(readFileSync(join(runFolder, 'script.json'), 'utf8')) as Behaviour[];
  const used = JSON.parse(readFileSync(join(runFolder, 'used.json'), 'utf8')) as number;
  writeFileSync(join(runFolder, 'used.json'), JSON.stringify(used + 1));
  return behaviours[Math.min(used, behaviours.length - 1)];
}
