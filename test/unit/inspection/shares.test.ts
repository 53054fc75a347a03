import { describe, expect, it } from 'vitest';
import { Shares } from '../../../src/inspection/shares.ts';
import type { Task } from '../../../src/inspection/task.ts';

const task = (key: string, weight = 1) => ({ key, weight }) as Task;
const [frame, other, background] = [task('a'), task('b'), task('diagnostics', 4)];

describe('turns', () => {
  it('are of whoever has used least, by weight', () => {
    const shares = new Shares(() => 0);
    for (const one of [frame, other, background]) shares.join(one);
    shares.charge(frame, 10);
    shares.charge(background, 1);
    expect(shares.next([frame, background])).toBe(background);
    shares.charge(background, 2);
    expect(shares.next([frame, background])).toBe(frame);
    expect(shares.next([])).toBeNull();
  });

  it('are no claim of a newcomer, also where nobody else has work just then', () => {
    const shares = new Shares(() => 10_000);
    shares.join(background);
    shares.charge(background, 1_000);
    shares.next([background]);
    shares.charge(background, 50);
    shares.join(frame);
    shares.charge(frame, 250);
    expect(shares.next([frame, background])).toBe(background);
  });

  it('are waited for by what nobody looks at while a frame is about to be asked for again, not by other frames', () => {
    let now = 0;
    const shares = new Shares(() => now);
    for (const one of [frame, other, background]) shares.join(one);
    shares.charge(frame, 1);
    shares.frameEnded(frame);
    shares.charge(background, 1);
    shares.charge(other, 10);
    expect(shares.next([background])).toBeNull();
    expect(shares.next([background, other])).toBe(other);
    // Nobody has come back.
    now = 4_000;
    expect(shares.next([background])).toBe(background);
  });

  it('begin anew when counts are cleared', () => {
    const shares = new Shares(() => 0);
    shares.charge(background, 5_000);
    shares.clear();
    shares.join(frame);
    shares.charge(frame, 1);
    expect(shares.next([frame, background])).toBe(background);
  });
});
