/** What draws each view: add one here, by its name in `src/inspection/views.ts`. */
import type { ViewId } from '../../src/inspection/views.ts';
import { CompareView } from './compareView.tsx';
import { ConnectivityView } from './connectivityView.tsx';
import { CurvesView } from './curvesView.tsx';
import { EnsembleView } from './ensembleView.tsx';
import { EntropyView } from './entropyView.tsx';
import { EquivalenceView } from './equivalenceView.tsx';
import { FeatureMapsView } from './featureMapsView.tsx';
import { DependencyView } from './dependencyView.tsx';
import { LatentView } from './latentView.tsx';
import { LatentUnitsView } from './latentUnitsView.tsx';
import { ManifoldView } from './manifoldView.tsx';
import { MasksView } from './masksView.tsx';
import { PosteriorsView } from './posteriorsView.tsx';
import { ProbabilityView } from './probabilityView.tsx';
import { ReceptiveFieldView } from './receptiveFieldView.tsx';
import { ReconstructionsView } from './reconstructionsView.tsx';
import { SamplesView } from './samplesView.tsx';
import { TraversalsView } from './traversalsView.tsx';
import { TransportView } from './transportView.tsx';
import { UnitsView } from './unitsView.tsx';
import { SpectrumView } from './spectrumView.tsx';
import { FlowJacobianView } from './flowJacobianView.tsx';
import { SplitsView } from './splitsView.tsx';
import type { View } from './view.ts';

export const components: Readonly<Record<ViewId, View>> = {
  curves: CurvesView,
  connectivity: ConnectivityView,
  masks: MasksView,
  dependency: DependencyView,
  receptiveField: ReceptiveFieldView,
  featureMaps: FeatureMapsView,
  samples: SamplesView,
  units: UnitsView,
  probability: ProbabilityView,
  ensemble: EnsembleView,
  entropy: EntropyView,
  manifold: ManifoldView,
  traversals: TraversalsView,
  posteriors: PosteriorsView,
  latentUnits: LatentUnitsView,
  reconstructions: ReconstructionsView,
  transport: TransportView,
  latent: LatentView,
  spectrum: SpectrumView,
  splits: SplitsView,
  flowJacobian: FlowJacobianView,
  equivalence: EquivalenceView,
  compare: CompareView,
};
