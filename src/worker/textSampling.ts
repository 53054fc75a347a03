/** Text asked for by hand: written character by character, told as it comes, kept in the run's samples folder. */
import { crc32 } from '../data/crc32.ts';
import type { Chunked } from '../inspection/source.ts';
import { generateText } from '../models/generateText.ts';
import type { TextProgress, TextSampleParams, WorkerRequests } from '../protocol/worker.ts';
import { RandomGenerator } from '../random/generator.ts';
import { checkpointName } from '../runs/checkpoints.ts';
import type { ActiveRun } from './activeRun.ts';
import { CancelledError, RequestError } from './requestSpecs.ts';
import { TIDINGS_MS } from './sampling.ts';

/** Time between two pauses, in which training and other requests have their turn, ms. */
const CHUNK_MS = 12;

/** Who follows a text, and may give it up. */
export interface WritingWatch {
  readonly signal: AbortSignal;
  readonly tell: (progress: Omit<TextProgress, 'id'>) => void;
}

/** The stream of random numbers of a text: the same on the command line and in the editor. */
export const textRandom = (seed: number): RandomGenerator => RandomGenerator.seeded(seed, 'text');

/**
 * Written as `text-<step>-seed<s>-t<t>-n<length>.txt`, what it goes on from included; `-top<k>` and a checksum of what it goes on
 * from tell others apart.
 * @throws CancelledError when it is given up: then nothing is written; RequestError when the model writes no text; RangeError
 * when it cannot read what the text is to go on from.
 */
export async function* writeText(
  run: Pick<ActiveRun, 'source' | 'folder' | 'manifest' | 'parametersOf'>,
  params: TextSampleParams,
  watch: WritingWatch | null = null,
): Chunked<WorkerRequests['sampleText']['result']> {
  const { prime, length, temperature, topK, seed } = params;
  const { model } = run.source;
  const { characters } = run.manifest;
  if (!model.text || !characters) throw new RequestError(`this model (${model.type}) writes no text`);
  const { step, parameters } = yield* run.parametersOf(params.from);
  yield;
  const request = { prime, length, temperature, topK, random: textRandom(seed) };
  const pieces: string[] = [];
  let [told, nats] = [0, 0];
  let toldAt = -Infinity;
  let started = performance.now();
  const tell = () => {
    if (!watch || pieces.length === told) return;
    watch.tell({ text: pieces.slice(told).join(''), written: pieces.length, length });
    told = pieces.length;
    toldAt = performance.now();
  };
  for (const written of generateText(model, parameters, characters, request)) {
    pieces.push(written.character);
    nats += written.nats;
    if (performance.now() - started < CHUNK_MS) continue;
    if (performance.now() - toldAt >= TIDINGS_MS) tell();
    yield;
    if (watch?.signal.aborted) throw new CancelledError('the text was given up');
    started = performance.now();
  }
  tell();
  const text = pieces.join('');
  const name = `text-${checkpointName(step)}-seed${seed}-t${temperature}-n${length}${topK === null ? '' : `-top${topK}`}${markOf(prime)}.txt`;
  const file = await run.folder.writeSamples(name, new TextEncoder().encode(prime + text));
  return { text, file, step, nats: nats / pieces.length };
}

const markOf = (prime: string): string =>
  prime === '' ? '' : `-prime${crc32(new TextEncoder().encode(prime)).toString(16).padStart(8, '0')}`;
