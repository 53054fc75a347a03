/** What `lens inspect` says and draws of the latent space along its axes and between two rows. */
import { expect, it } from 'vitest';
import type { InspectedRun } from '../../../src/cli/views/inspected.ts';
import { traversalsOf } from '../../../src/cli/views/traversals.ts';
import type { FrameKind } from '../../../src/inspection/frames.ts';
import { posteriorWalkFrame, traversalsFrame } from '../figures/latentVariableFixtures.ts';
import { manifest } from '../webview/runs.ts';

it('waits for the closest look, and writes strips and way in one picture', async () => {
  const [quick, closest] = [
    { ...traversalsFrame(), complete: false },
    { ...traversalsFrame(), version: 2 },
  ];
  const walk = posteriorWalkFrame();
  const asked: (readonly [FrameKind, number])[] = [];
  const request = (_: string, { kind, newerThan }: { readonly kind: FrameKind; readonly newerThan: number }) => {
    asked.push([kind, newerThan]);
    return Promise.resolve(kind === 'walk' ? walk : newerThan === 0 ? quick : closest);
  };
  const connection = { on: () => undefined, request } as unknown as InspectedRun['connection'];
  const view = await traversalsOf({ ...{ manifest, metrics: [], mask: null, output: null, layer: null }, connection });
  expect(asked).toEqual([
    ['traversals', 0],
    ['traversals', 1],
    ['walk', 0],
  ]);
  expect(view.data).toEqual({ traversals: closest, walk });
  expect(view.reading).toMatch(
    /^Each of the 6 latents at 11 quantiles .* From the mean of the posterior of validation row 12/,
  );
  const svg = view.svg();
  for (const text of ['Along each coordinate', 'not active: KL next to 0', 'Between two rows', 'on the great circle']) {
    expect(svg).toContain(text);
  }
  // Six strips of eleven places, two paths of eleven with both rows at their ends.
  expect(svg.match(/<image /g)).toHaveLength(6 * 11 + 2 * 13);
});
