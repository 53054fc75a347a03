/** The parameters of a recurrent network over characters, and what they start from. */
import { glorotUniform, zeros } from '../../layers/initial.ts';
import type { ParameterSpec } from '../../layers/parameters.ts';
import { cells } from '../../layers/recurrent/cells.ts';
import type { ReadingWeights } from '../../layers/recurrent/reading.ts';
import type { RandomGenerator } from '../../random/generator.ts';
import type { NamedArray, NamedArrays } from '../../runs/arrays.ts';
import type { CellName } from '../../spec/cell.ts';

/** Sizes of a network over characters. */
export interface CharacterNetwork {
  readonly cell: CellName;
  /** V */
  readonly vocabulary: number;
  /** Units of each layer. */
  readonly hidden: readonly number[];
  /** Numbers that a character is turned into; null for one-hot. */
  readonly embedding: number | null;
}

/** What a layer hears from below. */
export function inputsOf({ vocabulary, embedding, hidden }: CharacterNetwork, layer: number): number {
  return layer === 0 ? (embedding ?? vocabulary) : hidden[layer - 1]!;
}

const gatesOf: Readonly<Record<CellName, string>> = {
  rnn: 'its only gate',
  lstm: 'gates in the order input, forget, output, candidate',
  gru: 'gates in the order reset, update, candidate',
};

/** In the order in which they are drawn and saved. */
export function characterParameters(network: CharacterNetwork): ParameterSpec[] {
  const { cell, vocabulary, hidden, embedding } = network;
  const { gates } = cells[cell];
  const own = (name: string, shape: number[], description: string) => ({ name, shape, description, masked: false });
  return [
    ...(embedding === null
      ? []
      : [own('embedding.weight', [vocabulary, embedding], '[V, E] a row for every character')]),
    ...hidden.flatMap((units, l) => {
      const below = l === 0 ? 'what the characters are' : `layer ${l}`;
      const size = `${gates > 1 ? `${gates}·` : ''}H${hidden.length > 1 ? subscript(l + 1) : ''}`;
      return [
        own(
          `layers.${l}.input.weight`,
          [gates * units, inputsOf(network, l)],
          `[${size}, in] weights from ${below}, ${gatesOf[cell]}`,
        ),
        own(`layers.${l}.state.weight`, [gates * units, units], `[${size}, H] weights from the state before`),
        own(`layers.${l}.bias`, [gates * units], `[${size}] biases`),
      ];
    }),
    own('output.weight', [vocabulary, hidden.at(-1)!], '[V, H] weights of the logits'),
    own('output.bias', [vocabulary], '[V] biases of the logits'),
  ];
}

const subscript = (n: number) => String.fromCodePoint(...[...String(n)].map((digit) => 0x2080 + Number(digit)));

/**
 * Glorot's weights gate by gate, embeddings of variance 1, biases 0: but those of an LSTM's forget gates, which are 1, so that
 * memories are kept at the start (Gers, Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015).
 */
export function initialCharacterParameters(network: CharacterNetwork, random: RandomGenerator): NamedArrays {
  const { gates } = cells[network.cell];
  return Object.fromEntries(
    characterParameters(network).map(({ name, shape }): [string, NamedArray] => {
      if (name === 'embedding.weight') {
        const { data } = zeros(shape);
        return [name, { shape, data: (data as Float32Array).map(() => random.normal()) }];
      }
      if (!name.startsWith('layers.'))
        return [name, shape.length === 1 ? zeros(shape) : glorotUniform(shape as [number, number], random)];
      const units = shape[0]! / gates;
      if (shape.length === 1) return [name, { shape, data: startingBias(network.cell, shape[0]!, units) }];
      const each = Array.from({ length: gates }, () => glorotUniform([units, shape[1]!], random).data as Float32Array);
      const data = new Float32Array(shape[0]! * shape[1]!);
      for (const [gate, weights] of each.entries()) data.set(weights, gate * weights.length);
      return [name, { shape, data }];
    }),
  );
}

function startingBias(cell: CellName, size: number, units: number): Float32Array {
  const bias = new Float32Array(size);
  return cell === 'lstm' ? bias.fill(1, units, 2 * units) : bias;
}

/** The parameters as they are read with character by character. */
export function readingWeights({ cell, hidden, embedding }: CharacterNetwork, parameters: NamedArrays): ReadingWeights {
  const own = (name: string) => parameters[name]!.data as Float32Array;
  return {
    cell,
    layers: hidden.map((_, l) => ({
      input: own(`layers.${l}.input.weight`),
      state: own(`layers.${l}.state.weight`),
      bias: own(`layers.${l}.bias`),
      stateBias: null,
    })),
    embedding: embedding === null ? null : own('embedding.weight'),
    output: { weight: own('output.weight'), bias: own('output.bias') },
  };
}
