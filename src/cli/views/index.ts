/** The inspector's views on the command line: add one here, by its name in `src/inspection/views.ts`. */
import { type ViewId, views } from '../../inspection/views.ts';
import { CliError } from '../output.ts';
import { connectivityOf } from './connectivity.tsx';
import { curvesOf } from './curves.ts';
import { dependencyOf } from './dependency.ts';
import type { CliView, Inspected, InspectedRun } from './inspected.ts';
import { ensembleOf } from './ensemble.ts';
import { entropyOf } from './entropy.ts';
import { featureMapsOf } from './featureMaps.ts';
import { flowJacobianOf } from './flowJacobian.ts';
import { equivalenceOf } from './equivalence.ts';
import { latentOf } from './latent.ts';
import { latentUnitsOf } from './latentUnits.ts';
import { manifoldOf } from './manifold.ts';
import { masksOf } from './masks.ts';
import { posteriorsOf } from './posteriors.ts';
import { probabilityOf } from './probability.ts';
import { receptiveFieldOf } from './receptiveField.ts';
import { reconstructionsOf } from './reconstructions.ts';
import { samplesOf } from './samples.ts';
import { splitsOf } from './splits.ts';
import { traversalsOf } from './traversals.ts';
import { transportOf } from './transport.ts';
import { spectrumOf } from './spectrum.ts';
import { unitsOf } from './units.ts';

export type { Inspected };

const cliViews: Readonly<Record<ViewId, CliView>> = {
  curves: curvesOf,
  connectivity: connectivityOf,
  masks: masksOf,
  dependency: dependencyOf,
  receptiveField: receptiveFieldOf,
  featureMaps: featureMapsOf,
  samples: samplesOf,
  units: unitsOf,
  probability: probabilityOf,
  ensemble: ensembleOf,
  entropy: entropyOf,
  manifold: manifoldOf,
  traversals: traversalsOf,
  posteriors: posteriorsOf,
  latentUnits: latentUnitsOf,
  reconstructions: reconstructionsOf,
  transport: transportOf,
  latent: latentOf,
  spectrum: spectrumOf,
  splits: splitsOf,
  flowJacobian: flowJacobianOf,
  equivalence: equivalenceOf,
  compare: () => {
    throw new CliError(
      'two runs are needed to compare',
      'lens compare <runA> <runB> compares them; the editor shows them side by side (Likelihood Lens: Compare Runs).',
    );
  },
};

/** Asks an opened run for what one view shows. @throws CliError when there is nothing to show. */
export async function inspected(view: ViewId, run: InspectedRun): Promise<Inspected> {
  const missing = views[view].missing(run.manifest);
  if (missing !== null) throw new CliError(`this run has no view "${view}"`, missing);
  let uncompiled: string | undefined;
  const shown = await cliViews[view]({ ...run, tell: (reason) => (uncompiled ??= reason) });
  return uncompiled === undefined ? shown : { ...shown, uncompiled, data: { ...(shown.data as object), uncompiled } };
}
