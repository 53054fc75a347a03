/** What there is to see in the pictures of the gallery, in words; written after looking at them. */
import type { Density } from './settings.ts';

export const remarks: Readonly<Partial<Record<Density, string>>> = {
  'two-moons':
    'Both fit. What is lost goes into a thread between the moons, at their left for RealNVP and at their right for MAF, and ' +
    'into tips that end less sharply than they do.',
  rings:
    'The hardest of the six, and neither flow has learnt it: four rings, one within the other, twelve standard ' +
    'deviations apart. A flow has to cut and bend a single disc into all of them; eight layers have begun with the innermost, and ' +
    'spread the rest over the disc. The validation NLL was still coming down: more layers and many more steps are what it takes.',
  checkerboard:
    'The squares are there, with soft edges: a density that is 0 on one side of a line and uniform on the other asks for ' +
    'infinite slopes. Bridges lead from corner to corner, where the squares touch, and the gap is what edges and bridges cost.',
  'eight-gaussians':
    'The clearest picture of what a flow cannot do: parts that are apart hang together, like beads on a string. The strings ' +
    'hold little mass; the gap comes mostly of beads that are not quite round.',
  pinwheel:
    'The five arms, their bends and their thinning out are there. The centre, where the arms meet, is not: it is a tangle of ' +
    'folds. The ends of the arms, with few rows, are blurred.',
  'two-spirals':
    'The outer turns are there. Towards the centre, where a turn is short and the flow has to wind most, both give up on ' +
    'telling the arms apart. Cuts through the arms are where layers fold the plane. MAF’s validation NLL was still ' +
    'coming down; RealNVP’s went up and down by 0.1 nats and more from epoch to epoch, for which the step size is to blame.',
};
