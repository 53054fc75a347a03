/** A text coloured by a unit, drawn and read. */
import { describe, expect, it } from 'vitest';
import type { Figure } from '../../../src/figures/compose.tsx';
import { themeFor, themeKinds, type Theme } from '../../../src/figures/theme.ts';
import { activationAt, successorsOf, unitTextFigure } from '../../../src/figures/unitText.tsx';
import { CELL, LINE, textLayout } from '../../../src/figures/unitTextLayout.ts';
import { beforeDearest, characterText, unitTextReading, unrolledOf } from '../../../src/figures/unitTextWords.ts';
import type { UnitTextFrame } from '../../../src/inspection/frames/unitText.ts';
import { goldenSvg } from './goldenSvg.ts';
import { unitTextFrame, VERSE } from './unitTextFixtures.ts';

const light = themeFor('light');
const file = (name: string) => `golden/${name}.svg`;
const figure = (frame: UnitTextFrame, theme: Theme = light, after: number | null = 7, width = 560): Figure => {
  const unit = frame.unit[0]!;
  const { drawing, legend } = unitTextFigure({ frame, unit, after, width, theme });
  return { title: 'Units along the text', reading: unitTextReading(frame, unit), drawing, legend };
};

describe('a text coloured by a unit', () => {
  it.each(themeKinds)('in %s', async (kind) => {
    const theme = themeFor(kind);
    await expect(goldenSvg(figure(unitTextFrame(), theme), theme)).toMatchFileSnapshot(file(`unit-text-${kind}`));
  });
  it('typed, with characters that the model does not know, by the memory of an LSTM', async () => {
    const frame = unitTextFrame({ text: 'Roméo 恋する\tthe sun 🙂\n', state: 'c', layer: 0 });
    await expect(goldenSvg(figure(frame, light, null), light)).toMatchFileSnapshot(file('unit-text-typed'));
  });
  it('is as high whatever character is chosen', () => {
    const frame = unitTextFrame();
    const heights = [null, 0, VERSE.length - 1].map((after) => figure(frame, light, after).drawing.height);
    expect(new Set(heights).size).toBe(1);
  });
});

describe('the layout', () => {
  const at = (text: string, columns: number) =>
    textLayout(Array.from(text), columns * CELL).places.map(({ line, column }) => `${line}:${column}`);

  it('breaks lines where the text does, and between words', () => {
    expect(at('ab\ncd', 10)).toEqual(['0:0', '0:1', '0:2', '1:0', '1:1']);
    expect(at('abcd efghij kl', 8).slice(4, 6)).toEqual(['0:4', '1:0']);
    expect(at('abc', 8)).toEqual(['0:0', '0:1', '0:2']);
  });
  it('breaks words that no line would hold, and gives wide characters two cells', () => {
    expect(at('ab '.padEnd(30, 'x'), 8)[8]).toBe('1:0');
    expect(at('a恋b', 8)).toEqual(['0:0', '0:1', '0:3']);
  });
  it('finds the character under the pointer, and the one above and below', async () => {
    const {
      at: find,
      boxOf,
      beside,
      layout,
    } = unitTextFigure({
      ...{ frame: unitTextFrame(), unit: 0, after: null, width: 560, theme: light },
    });
    for (const i of [0, 6, 7, 40, VERSE.length - 1]) {
      const { x, y, width } = boxOf(i);
      expect(find(x + width / 2, y + 4)).toBe(i);
    }
    expect(find(-3, 4)).toBeNull();
    expect(find(20 * CELL, 4)).toBeNull();
    expect(find(4, layout.lines * LINE + 4)).toBeNull();
    // “R” of the first line is above “B” of the second.
    expect([beside(0, 1), beside(7, -1), beside(0, -1), beside(VERSE.length - 1, 1)]).toEqual([
      7,
      0,
      0,
      VERSE.length - 1,
    ]);
  });
});

describe('words', () => {
  it('tell the range of the unit, where it is high and low, and what the text costs', () => {
    const frame = unitTextFrame();
    expect(unitTextReading(frame, frame.unit[0]!)).toMatch(
      /^Unit \d+ of layer 2 goes from −0\.\d\d to 0\.\d\d along 149 validation characters \(piece 1 of 40\); its variance is 0\.\d+, the most of 12\. On average it is highest after .+ \(.+\) and lowest after .+ \(.+\)\. The text costs \d\.\d\d nats \(\d\.\d\d bits\) a character; guessing among 36 would cost 3\.58\. Dearest is .+, character \d+: [\d.]+ nats\.$/,
    );
    expect(unitTextReading(frame, frame.unit[3]!)).toContain('number 4 of 12');
  });
  it('name the characters of a typed text that the model does not know', () => {
    const frame = unitTextFrame({ text: 'Roméo ßéß', cell: 'gru' });
    expect(unitTextReading(frame, frame.unit[0]!)).toContain(
      '“é” and “ß” are not among the 36 characters of the model: hatched, and not read.',
    );
    expect(characterText(frame, 0, 3)).toBe('“é”, character 4 of 9: not known to the model, and not read.');
    expect(unitTextReading(unitTextFrame({ text: 'ß' }), 0)).toContain('has read nothing of the typed text');
  });
  it('tell a character: what the unit holds, what it cost and what is expected after it', () => {
    const frame = unitTextFrame();
    const [first] = successorsOf(frame, 4);
    expect(characterText(frame, frame.unit[0]!, 4)).toMatch(
      /^“O”, character 5 of 149 · unit \d+ of layer 2 h = −?0\.\d\d · −log p \d\.\d\d nats \(p = .+\) · next most probable .+ \(.+\)/,
    );
    expect(first!.p).toBeGreaterThan(0);
  });
  it('tell of a unit that the frame leaves out, and that an LSTM’s memory is shown', () => {
    const frame = unitTextFrame({ state: 'c' });
    expect(unitTextReading(frame, frame.unit[0]!)).toContain('its memory c, goes from');
    const few = { ...frame, unit: frame.unit.slice(1) };
    expect(unitTextReading(few, frame.unit[0]!)).toContain('is not among the 11 that vary most');
    expect(activationAt(few, frame.unit[0]!, 0)).toBeNaN();
  });
});

describe('what comes after a character', () => {
  it('is marked among the most probable, or added below them', () => {
    const frame = unitTextFrame();
    for (let i = 0; i < VERSE.length - 1; i++) {
      const shares = successorsOf(frame, i);
      const comes = shares.filter((one) => one.comes);
      expect(comes.map(({ character }) => character)).toEqual([VERSE[i + 1]]);
      expect(comes[0]!.p).toBeCloseTo(Math.exp(-frame.nll[i + 1]!), 5);
    }
    expect(successorsOf(frame, VERSE.length - 1)).toHaveLength(frame.told);
  });
  it('is what the unrolled network gives, step by step', async () => {
    const { steps, hidden } = unrolledOf(unitTextFrame());
    expect(hidden).toEqual([16, 12]);
    expect(steps.map(({ input, next }) => [input, next])).toEqual([
      ...[
        [null, 'R'],
        ['R', 'O'],
        ['O', 'M'],
        ['M', 'E'],
        ['E', 'O'],
        ['O', ':'],
      ],
    ]);
    for (const { next, likely } of steps) {
      expect(likely).toHaveLength(4);
      expect(likely!.map(({ character }) => character)).toContain(next);
    }
    expect(steps[0]!.states!.map((states) => states.length)).toEqual([12, 12]);
  });
});

it('begins at the character before the dearest that follows one that was read', async () => {
  const frame = unitTextFrame();
  const dear = (nll: number[]) => beforeDearest({ ...frame, nll: Float32Array.from(nll) });
  expect(dear([9, 1, 3, 2])).toBe(1);
  expect(dear([1, NaN, 8, 2, 0])).toBe(2);
  expect([dear([1]), dear([])]).toEqual([null, null]);
});
