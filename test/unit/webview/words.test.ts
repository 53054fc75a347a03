import { expect, it } from 'vitest';
import { maskInUse } from '../../../webview/runState.ts';
import { frameNote, stepText } from '../../../webview/words.ts';
import { batch, runOf, samples } from './runs.ts';

it('says how old a frame is once the run is more than an epoch ahead of it', () => {
  const frame = samples({ step: 1200, epoch: 2.2 });
  expect(stepText(frame, { run: runOf({ epoch: 3.1 }), metrics: [] })).toBe('step 1,200');
  expect(stepText(frame, { run: runOf({ epoch: 4.5 }), metrics: [] })).toBe('step 1,200 (2.3 epochs ago)');
  expect(stepText(frame, { run: runOf({ epoch: 1 }), metrics: [batch(10)] }), 'metrics are ahead').toContain('2.8');
});

it('says why a frame took longer than it could have', () => {
  const model = { run: runOf(), metrics: [] };
  const reason = 'there is no ONNX translation of the kernel Erf, called at src/models/own.ts:12';
  expect(stepText({ ...samples(), uncompiled: reason }, model)).toBe(
    `step 3 · computed operation by operation: ${reason}`,
  );
  expect(frameNote({ ...samples(), uncompiled: reason }, model)).toBe(
    `step 3 · epoch 1.5 · computed operation by operation: ${reason}`,
  );
});

it('names no mask where rows come from all of them', () => {
  const model = { run: runOf(), metrics: [] };
  expect(frameNote(samples({ maskCount: 4, mask: 2 }), model)).toBe('step 3 · epoch 1.5 · mask 3 of 4');
  expect(frameNote(samples({ maskCount: 4, mask: 2, ensemble: true }), model)).toBe('step 3 · epoch 1.5 · all 4 masks');
  expect(frameNote(samples(), model)).toBe('step 3 · epoch 1.5');
  const fresh = { step: 1204, epoch: 1.5, maskCount: 1, mask: 1204 };
  expect(frameNote(samples(fresh), model)).toBe('step 1,204 · epoch 1.5 · mask of step 1,204, drawn afresh');
  expect(frameNote(samples({ ...fresh, maskCount: 4, ensemble: true }), model)).toContain('all 4 masks');
});

it('says where the best epoch is shown, which is not old once the run is over', () => {
  const best = { epoch: 2, nats: 3 };
  const frame = samples({ step: 1200, epoch: 2 });
  const over = { run: runOf({ epoch: 8.4, best, state: 'stopped' }), metrics: [] };
  expect(frameNote(frame, over)).toBe('step 1,200 · epoch 2, the best');
  expect(frameNote(samples({ step: 1300, epoch: 2.2 }), over)).toContain('(6.2 epochs ago) · epoch 2.2');
  const trains = { run: runOf({ epoch: 8.4, best }), metrics: [] };
  expect(frameNote(frame, trains)).toBe('step 1,200 (6.4 epochs ago) · epoch 2, the best');
});

it('takes the mask of the newest minibatch for the one in use, while there is training', () => {
  const metrics = [batch(1), { ...batch(2), mask: 3 }] as ReturnType<typeof batch>[];
  expect(maskInUse({ run: runOf(), metrics })).toBe(3);
  expect(maskInUse({ run: runOf({ state: 'finished' }), metrics })).toBeNull();
});
