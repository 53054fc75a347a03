/** A small experiment that the tests of one file share, trained once before them. */
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Workplace } from '../worker/workplace.ts';
import { lens, type Ran } from './run.ts';

export interface SmallRun {
  readonly place: Workplace;
  /** The experiment's file, images of 2 × 3 pixels. */
  readonly experiment: string;
  /** The run's folder. */
  readonly run: string;
  /** What `lens train --json` wrote. */
  readonly trained: Ran;
  /** A file in the experiment's folder. */
  readonly at: (name: string) => string;
  /** A text with absolute paths as in the golden texts. */
  readonly plain: (text: string) => string;
}

/** To be called where a file of tests begins; its values are there once the tests run. */
export function smallRun(): SmallRun {
  const made = {} as { -readonly [K in keyof SmallRun]: SmallRun[K] };
  beforeAll(async () => {
    made.place = await Workplace.make();
    const image: [number, number] = [2, 3];
    made.experiment = await made.place.experiment('small', {
      data: { train: 'train.npy', validation: 'validation.npy', test: 'test.npy', image },
    });
    made.run = made.place.newRunFolder();
    made.trained = await lens('train', made.experiment, '--run', made.run, '--backend', 'wasm', '--json');
  });
  afterAll(() => made.place.remove());
  made.at = (name) => join(made.place.folder, name);
  made.plain = (text) => text.replaceAll(made.place.folder, '<folder>').replaceAll('\\', '/');
  return made;
}
