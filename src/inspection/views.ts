/**
 * The inspector's views, in the order of their tabs: plain facts, for the page, the host and the command line alike. Add one:
 * its file in `views/` and its line here; the compiler then asks for its component (`webview/views/index.ts`) and for what
 * the command line shows (`src/cli/views/index.ts`).
 */
import { compare } from './views/compare.ts';
import { connectivity } from './views/connectivity.ts';
import { curves } from './views/curves.ts';
import { ensemble } from './views/ensemble.ts';
import { entropy } from './views/entropy.ts';
import { equivalence } from './views/equivalence.ts';
import { dependency } from './views/dependency.ts';
import type { ViewFacts } from './views/facts.ts';
import { featureMaps } from './views/featureMaps.ts';
import { flowJacobian } from './views/flowJacobian.ts';
import { latent } from './views/latent.ts';
import { latentUnits } from './views/latentUnits.ts';
import { manifold } from './views/manifold.ts';
import { masks } from './views/masks.ts';
import { posteriors } from './views/posteriors.ts';
import { probability } from './views/probability.ts';
import { receptiveField } from './views/receptiveField.ts';
import { reconstructions } from './views/reconstructions.ts';
import { samples } from './views/samples.ts';
import { spectrum } from './views/spectrum.ts';
import { splits } from './views/splits.ts';
import { traversals } from './views/traversals.ts';
import { transport } from './views/transport.ts';
import { units } from './views/units.ts';

export { modelFamilies, type ModelFamily, type RunFacts, type ViewFacts } from './views/facts.ts';

const registered = {
  curves,
  connectivity,
  masks,
  dependency,
  receptiveField,
  featureMaps,
  samples,
  units,
  probability,
  ensemble,
  entropy,
  manifold,
  traversals,
  posteriors,
  latentUnits,
  reconstructions,
  transport,
  latent,
  spectrum,
  splits,
  flowJacobian,
  equivalence,
  compare,
} as const satisfies Readonly<Record<string, ViewFacts>>;

export type ViewId = keyof typeof registered;
export const views: Readonly<Record<ViewId, ViewFacts>> = registered;
export const viewIds = Object.keys(registered) as readonly ViewId[];
