/** How requests for frames are checked, options included. Apart from the kinds themselves, so that the page loads no schemas. */
import * as z from 'zod/mini';
import { WHOLE_FLOW } from './frames/flowJacobian.ts';
import { OWN_ROW } from './frames/latent.ts';
import { AT_ZERO, FURTHEST, MOST_CELLS } from './frames/manifold.ts';
import { BEFORE_LAST, COSTLIEST } from './frames/pixelRows.ts';
import { FIRST_LABEL } from './frames/transport.ts';
import { LAST_LAYER, MOST_TYPED } from './frames/unitText.ts';
import { frameKinds, LAST_IN_ORDER, OWN_SEED, type FrameKind, type FrameOptions } from './frames.ts';

const none = z.strictObject({});

const index = z.int().check(z.nonnegative());
const plane = { across: index, down: index, row: z.int().check(z.minimum(AT_ZERO)) };
const place = z.number().check(z.minimum(-FURTHEST), z.maximum(FURTHEST));

const label = z.strictObject({ label: z.int().check(z.minimum(FIRST_LABEL)) });

/** The options of every kind. */
const optionSpecs = {
  connectivity: none,
  jacobian: none,
  samples: z.strictObject({ seed: z.int().check(z.minimum(OWN_SEED)) }),
  scores: none,
  probability: label,
  ensemble: none,
  entropy: none,
  rowSurprise: z.strictObject({ row: z.int().check(z.minimum(COSTLIEST)) }),
  dependency: z.strictObject({ output: z.int().check(z.minimum(LAST_IN_ORDER)) }),
  featureMaps: z.strictObject({ layer: z.int().check(z.minimum(BEFORE_LAST)), row: index }),
  transport: label,
  latent: none,
  walk: z.strictObject({
    first: z.int().check(z.minimum(OWN_ROW)),
    second: z.int().check(z.minimum(OWN_ROW)),
    path: z.enum(['straight', 'spherical']),
  }),
  heat: z.strictObject({ temperature: z.number().check(z.nonnegative()) }),
  spectrum: none,
  equivalence: none,
  splits: none,
  flowJacobian: z.strictObject({ layer: z.int().check(z.minimum(WHOLE_FLOW)) }),
  manifold: z.strictObject({ ...plane, side: z.int().check(z.minimum(2), z.maximum(MOST_CELLS)) }),
  manifoldPoint: z.strictObject({ ...plane, u: place, v: place }),
  posteriors: none,
  latentUnits: none,
  reconstructions: none,
  traversals: z.strictObject({ row: plane.row }),
  unitText: z.strictObject({
    text: z.string().check(z.maxLength(MOST_TYPED)),
    piece: index,
    layer: z.int().check(z.minimum(LAST_LAYER)),
    state: z.enum(['h', 'c']),
  }),
  drawingTime: z.strictObject({ asked: index }),
} as const satisfies { readonly [K in FrameKind]: z.ZodMiniType<FrameOptions<K>> };

const count = z.int().check(z.nonnegative());

function wishSpec<K extends FrameKind, More extends z.core.$ZodShape>(kind: K, more: More) {
  return z.strictObject({
    kind: z.literal(kind),
    newerThan: count,
    mask: z.nullable(count),
    options: z.optional<z.ZodMiniType<FrameOptions<K>>>(optionSpecs[kind]),
    ...more,
  });
}

/** A request for a frame of any kind: its choice, the version that the asker has, and what else the asker sends along. */
export function frameWishSpec<More extends z.core.$ZodShape>(more: More) {
  const wishes = frameKinds.map((kind) => wishSpec(kind, more));
  return z.discriminatedUnion('kind', wishes as [(typeof wishes)[0], ...typeof wishes]);
}
