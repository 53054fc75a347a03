/** What averaging over masks brings. */
import { conditionalsMissing, type RunFacts, type ViewFacts } from './facts.ts';

/** Why there is nothing to average over; null where there is, or where that is not known. */
function oneStructure({ model }: RunFacts): string | null {
  if (model?.text)
    return `This model (${model.type}) reads a text in its own order: it has one structure, and none to average over.`;
  if (model?.pixels)
    return `This model (${model.type}) goes through the pixels in one order: it has one structure, and none to average over.`;
  if (model?.masks !== 1) return null;
  return `This model (${model.type}) has one mask, one order of its variables: there is none to average over. ${MORE[model.type] ?? ''}`.trim();
}

/** How models come to have several. */
const MORE: Readonly<Record<string, string>> = {
  made: 'With "masks": 8 it would be trained with eight in turn.',
  eonade: 'With "orders": 8 it would be averaged over eight.',
};

export const ensemble: ViewFacts = {
  label: 'Ensemble',
  name: 'the ensemble curve',
  frames: ['ensemble'],
  missing: (run) => conditionalsMissing(run) ?? oneStructure(run),
  coming: 'Scoring held-out rows under every mask …',
  promise: null,
  topic: {
    title: 'Ensemble of masks',
    paragraphs: [
      'A model that was trained with several masks (orders, or connectivities) is several densities that share their weights. At test time they are averaged: p(x) is the mean of the masks’ p(x), so that log p(x) is a log-mean-exp. The curve shows what each further mask brings; where it has become flat, more masks only cost time.',
      'What is averaged matters. The mean of the densities is a density again, and its NLL is never above the mean of the masks’ own NLLs, by Jensen’s inequality. The mean of log p, of logits or of conditionals is not: it is no density, or a worse one, and is drawn here only as a mark to beat.',
      'The band shows other orders of the same masks: how much of the curve’s shape is luck. At its right end all of them meet. The standard error of the NLL is that over rows, and mostly larger than the differences between masks, which are measured on the same rows and so known much better.',
    ],
  },
};
