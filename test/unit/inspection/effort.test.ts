import { expect, it } from 'vitest';
import { Effort, partOf } from '../../../src/inspection/effort.ts';

it('takes all rows until it is known what they cost, then what fits, in halves', () => {
  const effort = new Effort();
  expect(effort.next(60)).toBe(1);
  // At a glance, of half the rows.
  effort.took(null, 350);
  expect(effort.next(60)).toBe(1 / 16);
  effort.took(1 / 16, 20);
  // As far as now known 3/16 would fit; the way up is one step at a time.
  expect(effort.next(60)).toBe(1 / 8);
  effort.took(1 / 8, 40);
  expect(effort.next(60)).toBe(1 / 8);
});

it('changes nothing for the noise of a clock', () => {
  const effort = new Effort();
  effort.took(1 / 4, 60);
  for (const cost of [55, 88, 61, 47, 70]) {
    effort.took(1 / 4, cost);
    expect(effort.next(60)).toBe(1 / 4);
  }
  effort.took(1 / 4, 130);
  expect(effort.next(60)).toBe(1 / 16);
});

it('never takes less than a thirty-second, nor more than all', () => {
  const effort = new Effort();
  effort.took(1, 1e6);
  expect(effort.next(60)).toBe(1 / 32);
  effort.took(1, 0.001);
  expect(effort.next(60)).toBe(1);
});

it('shares the time of a frame out among the kinds that are looked at', () => {
  expect(Effort.budget(0.03, 3)).toBeCloseTo(Effort.budget(0.03, 1) / 3);
  expect(Effort.budget(0.03, 0)).toBe(Effort.budget(0.03, 1));
});

it('counts rows: at least as many as are told, at most all', () => {
  expect([partOf(64, 1 / 8), partOf(64, 1 / 32, 4), partOf(3, 1 / 32, 4), partOf(5, 1 / 2)]).toEqual([8, 4, 3, 3]);
});
