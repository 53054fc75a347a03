/** The kinds of frame: add one here, by its name in `frames.ts`. */
import { connectivityMaker } from './connectivity.ts';
import { dependencyMaker } from './dependency.ts';
import { ensembleMaker } from './ensemble.ts';
import { drawingTimeMaker } from './drawingTime.ts';
import { entropyMaker } from './entropy.ts';
import { featureMapsMaker } from './featureMaps.ts';
import { flowJacobianMaker } from './flowJacobian.ts';
import { equivalenceMaker } from './equivalence.ts';
import type { FrameMaker } from './frameMaker.ts';
import type { FrameKind } from './frames.ts';
import { jacobianMaker } from './jacobian.ts';
import { latentMaker } from './latent.ts';
import { latentUnitsMaker } from './latentUnits.ts';
import { heatMaker, walkMaker } from './latentWalk.ts';
import { manifoldMaker, manifoldPointMaker } from './manifold.ts';
import { posteriorsMaker } from './posteriors.ts';
import { probabilityMaker } from './probability.ts';
import { reconstructionsMaker } from './reconstructions.ts';
import { rowSurpriseMaker } from './rowSurprise.ts';
import { samplesMaker } from './samples.ts';
import { scoresMaker } from './scores.ts';
import { splitsMaker } from './splits.ts';
import { transportMaker } from './transport.ts';
import { traversalsMaker } from './traversals.ts';
import { spectrumMaker } from './spectrum.ts';
import { unitTextMaker } from './unitText.ts';

export const frameMakers: { readonly [K in FrameKind]: FrameMaker<K> } = {
  connectivity: connectivityMaker,
  jacobian: jacobianMaker,
  samples: samplesMaker,
  scores: scoresMaker,
  probability: probabilityMaker,
  ensemble: ensembleMaker,
  entropy: entropyMaker,
  rowSurprise: rowSurpriseMaker,
  dependency: dependencyMaker,
  featureMaps: featureMapsMaker,
  transport: transportMaker,
  latent: latentMaker,
  walk: walkMaker,
  heat: heatMaker,
  spectrum: spectrumMaker,
  equivalence: equivalenceMaker,
  splits: splitsMaker,
  flowJacobian: flowJacobianMaker,
  manifold: manifoldMaker,
  manifoldPoint: manifoldPointMaker,
  posteriors: posteriorsMaker,
  latentUnits: latentUnitsMaker,
  reconstructions: reconstructionsMaker,
  traversals: traversalsMaker,
  unitText: unitTextMaker,
  drawingTime: drawingTimeMaker,
};
