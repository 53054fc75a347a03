/** The unit-text frame: a piece of held-out or typed text read by a recurrent model of text. */
import { heldOut } from '../data/heldOut.ts';
import { download } from '../layers/namedTensors.ts';
import type { TextConditionals } from '../models/stream.ts';
import { codeText } from '../text/characters.ts';
import type { FrameMaker } from './frameMaker.ts';
import { LAST_LAYER, type UnitTextChoice, type UnitTextFrame } from './frames/unitText.ts';
import { frameBase, type Chunked, type InspectionSource, type Snapshot } from './source.ts';
import { readUnits } from './unitStates.ts';

/** Characters of a piece of the data, and how many before it are read first at most: an LSTM has forgotten its zeros by then. */
const PIECE = 600;
const RUN_IN = 300;
/** What one chunk may take, ms; more where training does not wait for it. */
const CHUNK_MS = 12;
const FREE_CHUNK_MS = 30;

export const unitTextMaker: FrameMaker<'unitText'> = {
  compute: (snapshot, { options, free }) => unitTextFrame(snapshot, options, free),
  renewed: 'step',
  canBeRefined: () => false,
};

/**
 * Typed text needs no data where the source tells its characters: a run outlives the files that it was trained on.
 * @throws RangeError when the model is none of text, or has no such layer or state. @throws DataError when a piece of the data
 *   is asked for, and they cannot be read.
 */
export async function* unitTextFrame(snapshot: Snapshot, choice: UnitTextChoice, free = false): Chunked<UnitTextFrame> {
  const { source } = snapshot;
  const model = textOf(source);
  const characters = await charactersOf(source);
  const layer = choice.layer === LAST_LAYER ? model.hidden.length - 1 : choice.layer;
  const piece = choice.text === '' ? await pieceOf(source, choice.piece) : typed(choice.text, characters);
  const weights = model.weights(await download(snapshot.parameters));
  yield;
  const { runIn, indices, ...told } = piece;
  const pace = { milliseconds: free ? FREE_CHUNK_MS : CHUNK_MS };
  const units = yield* readUnits(weights, { runIn, indices, layer, state: choice.state }, pace);
  const { cell, hidden, embedding } = model;
  return {
    kind: 'unitText',
    ...frameBase(snapshot),
    ...told,
    text: told.text ?? Array.from(indices, (index) => characters[index]!),
    runIn: runIn.length,
    before: runIn.length > 0 ? characters[runIn.at(-1)!]! : null,
    ...{ characters, cell, hidden, embedding, layer, state: choice.state },
    ...units,
  };
}

function textOf({ model }: Pick<InspectionSource, 'model'>): TextConditionals {
  if (model.text) return model.text;
  throw new RangeError(`this model (${model.type}) reads no text: it has no units along one`);
}

async function charactersOf(source: InspectionSource): Promise<readonly string[]> {
  if (source.characters) return source.characters;
  const { text } = await source.dataset();
  if (text) return text.characters;
  throw new RangeError('the rows of this run are no text');
}

interface PieceRead extends Pick<UnitTextFrame, 'source' | 'pieces' | 'piece' | 'unknown'> {
  readonly runIn: Int32Array;
  readonly indices: Int32Array;
  /** Left out where the characters tell. */
  readonly text?: readonly string[];
}

/** A piece of the rows that are not trained on, where there are such: rows of a text follow one another. */
async function pieceOf(source: InspectionSource, wished: number): Promise<PieceRead> {
  const { split, matrix } = heldOut(await source.dataset());
  const { values } = matrix;
  const pieces = Math.max(1, Math.ceil(values.length / PIECE));
  const piece = Math.min(wished, pieces - 1);
  const from = piece * PIECE;
  return {
    ...{ source: split, pieces, piece, unknown: [] },
    runIn: Int32Array.from(values.subarray(Math.max(0, from - RUN_IN), from)),
    indices: Int32Array.from(values.subarray(from, from + PIECE)),
  };
}

function typed(text: string, vocabulary: readonly string[]): PieceRead {
  const { characters, indices, unknown } = codeText(text, vocabulary);
  return { source: 'typed', pieces: 1, piece: 0, unknown, text: characters, runIn: new Int32Array(0), indices };
}
