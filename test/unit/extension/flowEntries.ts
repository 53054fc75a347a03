/** An entry for every type of flow, with numbers of variables that it can be of. */
import type { ExperimentInput } from '../../../src/spec/experiment.ts';

export const flowEntries: readonly (readonly [ExperimentInput['model'], readonly number[]])[] = [
  [{ type: 'nice', hidden: [100, 100] }, [1, 2, 6, 12, 13, 784]],
  [{ type: 'realnvp', hidden: [64], split: 'even-odd', layers: 6 }, [1, 2, 6, 200]],
  [{ type: 'realnvp', hidden: [8], image: [28, 28], scales: 2 }, [784]],
  [{ type: 'maf', hidden: [50], layers: 64 }, [1, 2, 6, 200]],
  [{ type: 'maf', hidden: [50], permutation: 'random', base: { type: 'made' } }, [1, 2, 6, 200]],
  [{ type: 'iaf', hidden: [50], permutation: 'none', networks: 'two' }, [1, 2, 6, 200]],
  [{ type: 'glow', hidden: [8], image: [8, 8, 3] }, [192]],
];
