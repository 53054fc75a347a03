/** A frame of a unit along a text, read by a made-up network. */
import type { UnitTextChoice, UnitTextFrame } from '../../../src/inspection/frames/unitText.ts';
import { readUnits, type UnitStates } from '../../../src/inspection/unitStates.ts';
import type { ReadingWeights } from '../../../src/layers/recurrent/reading.ts';
import { RandomGenerator } from '../../../src/random/generator.ts';
import type { CellName } from '../../../src/spec/cell.ts';
import { codeText } from '../../../src/text/characters.ts';

export const VERSE =
  'ROMEO:\nBut, soft! what light through yonder window breaks?\nIt is the east, and Juliet is the sun.\n\nJULIET:\nO Romeo, Romeo! wherefore art thou Romeo?\n';

const gates = { rnn: 1, lstm: 4, gru: 3 } as const;

/** Small random weights, and a leaning towards the space. */
export function madeUpWeights(
  cell: CellName,
  characters: readonly string[],
  hidden: readonly number[] = [16, 12],
  seed = 5,
): ReadingWeights {
  const random = RandomGenerator.seeded(seed, `unit text ${cell}`);
  const normals = (length: number, scale: number) => Float32Array.from({ length }, () => scale * random.normal());
  let inputs = characters.length;
  const layers = hidden.map((units) => {
    const rows = gates[cell] * units;
    const layer = {
      input: normals(rows * inputs, 1.2),
      state: normals(rows * units, 1.5 / Math.sqrt(units)),
      bias: normals(rows, 0.3),
      stateBias: null,
    };
    inputs = units;
    return layer;
  });
  const bias = Float32Array.from(characters, (character) => (character === ' ' ? 2 : 0));
  return { cell, layers, embedding: null, output: { weight: normals(characters.length * inputs, 1), bias } };
}

export interface MadeUpText extends Partial<UnitTextChoice> {
  readonly cell?: CellName;
  readonly hidden?: readonly number[];
  readonly shown?: Partial<UnitTextFrame>;
}

export function unitTextFrame(o: MadeUpText = {}): UnitTextFrame {
  const { cell = 'lstm', hidden = [16, 12], text = '', state = 'h', piece = 0 } = o;
  const characters = [...new Set(VERSE)].sort();
  const layer = o.layer === undefined || o.layer < 0 ? hidden.length - 1 : o.layer;
  const coded = codeText(text === '' ? VERSE : text, characters);
  const weights = madeUpWeights(cell, characters, hidden);
  const runIn = new Int32Array(text === '' && piece > 0 ? 5 : 0);
  const { value: units } = readUnits(
    weights,
    { runIn, indices: coded.indices, layer, state },
    { milliseconds: Infinity },
  ).next() as IteratorReturnResult<UnitStates>;
  return {
    kind: 'unitText',
    ...{ version: 1, step: 1200, epoch: 3, mask: 0, maskCount: 1 },
    source: text === '' ? 'validation' : 'typed',
    text: coded.characters,
    ...(text === '' ? { pieces: 40, piece } : { pieces: 1, piece: 0 }),
    runIn: runIn.length,
    before: runIn.length > 0 ? characters[0]! : null,
    unknown: coded.unknown,
    ...{ characters, cell, hidden, embedding: null, layer, state },
    ...units,
    ...o.shown,
  };
}
