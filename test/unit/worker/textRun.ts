/** A small run of a model of text, trained once for the tests of a file. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Workplace } from './workplace.ts';

/** Its characters: line break, space, and e, h, l, o. */
export const TEXT = 'hello hello\nhole hello ole\n'.repeat(30);
export const CHARACTERS = ['\n', ' ', 'e', 'h', 'l', 'o'];

/** Writes text and experiment; answers with the experiment's file. */
export async function textExperiment(place: Workplace): Promise<string> {
  await writeFile(join(place.folder, 'hello.txt'), TEXT);
  return place.experiment('hello', {
    model: { type: 'char-rnn', cell: 'lstm', hidden: [8, 6] },
    data: { text: 'hello.txt', length: 12 },
    training: { epochs: 2, batchSize: 4, optimizer: { type: 'adam', learningRate: 0.02 } },
  });
}
