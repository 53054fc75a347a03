import { expect, it } from 'vitest';
import { Arena } from '../../../../src/backends/onnx/arena.ts';

it('hands out places that do not overlap, and again what was given back, by its size', () => {
  const arena = new Arena(1000);
  const sizes = [0, 1, 64, 65, 400, 0];
  const places = sizes.map((bytes) => arena.take(bytes)!);
  for (const [i, place] of places.entries()) {
    expect(place % 64).toBe(0);
    if (i > 0) expect(place).toBeGreaterThanOrEqual(places[i - 1]! + Math.max(1, sizes[i - 1]!));
  }
  expect(arena.spareBytes).toBe(0);
  arena.give(places[3]!, 65);
  expect(arena.spareBytes).toBe(128);
  // 100 bytes take two lines as well.
  expect(arena.take(100)).toBe(places[3]);
  expect(arena.spareBytes).toBe(0);
});

it('puts together what was given back side by side, once there is no other room', () => {
  const arena = new Arena(1);
  const sizes = [20_032, 64, 10_048, 128, 30_016];
  const [a, , b, c, d] = sizes.map((bytes) => arena.take(bytes)!);
  const rest = arena.bytes - d! - 30_016;
  expect(arena.take(rest)).toBe(d! + 30_016);
  for (const [place, bytes] of [
    [a, 20_032],
    [d, 30_016],
    [b, 10_048],
  ] as const)
    arena.give(place!, bytes);
  // Neither of two apart, nor the two pieces that something lies between.
  expect(arena.take(30_080)).toBeNull();
  arena.give(c!, 128);
  expect(arena.spareBytes).toBe(20_032 + 10_048 + 128 + 30_016);
  expect(arena.take(30_080)).toBe(b);
  expect(arena.spareBytes).toBe(20_032 + 10_112);
  expect(arena.take(10_112)).toBe(b! + 30_080);
  expect(arena.take(20_032)).toBe(a);
  expect(arena.spareBytes).toBe(0);
  expect(arena.take(64)).toBeNull();
});

it('says when there is no room, of itself and in the machine', () => {
  const arena = new Arena(1);
  expect(arena.bytes).toBe(65_536);
  expect(arena.take(65_536)).toBeNull();
  expect(arena.take(65_536 - 64)).toBe(64);
  expect(arena.take(1)).toBeNull();
  expect(Arena.of(2 ** 33)).toBeNull();
});
