/** Whether data is what a likelihood can score. */
import { DataError, type Dataset, type Matrix } from './dataset.ts';
import { splitNames } from './split.ts';

/** What a likelihood scores: 0 and 1, any real number, or whole levels from 0 to 255. */
export type Support = 'binary' | 'real' | 'levels';

/** @throws DataError naming the first value that a likelihood of this support cannot score, and what to do. */
export function checkSupport(dataset: Dataset, support: Support): void {
  for (const split of splitNames) {
    const matrix = dataset[split];
    if (matrix !== null) checkMatrixSupport(matrix, support, dataset.names?.[split] ?? split);
  }
}

/** @throws DataError naming `where`, row, column and value. */
export function checkMatrixSupport({ values, columns }: Matrix, support: Support, where: string): void {
  if (support === 'real') return;
  // Typed arrays of bytes are levels by their nature.
  if (support === 'levels' && values instanceof Uint8Array) return;
  const wrong =
    support === 'binary'
      ? values.findIndex((value) => value !== 0 && value !== 1)
      : values.findIndex((value) => !Number.isInteger(value) || value < 0 || value > 255);
  if (wrong < 0) return;
  const place = `${where}, row ${Math.floor(wrong / columns) + 1}, column ${(wrong % columns) + 1}`;
  throw new DataError(
    support === 'binary'
      ? `${place}: is ${values[wrong]}; Bernoulli conditionals score 0 and 1 alone. Set "binarize" to "threshold" or ` +
          '"stochastic" under "data", or use binary data'
      : `${place}: is ${values[wrong]}; whole numbers from 0 to 255 are needed`,
  );
}
