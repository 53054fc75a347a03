/** The `"type": "strict-triangle-stack"` entry of an experiment's `model`: a specimen of a mistake that people make. */
import * as z from 'zod/mini';
import { plural } from '../../text/numbers.ts';
import { activationSpec } from '../activation.ts';
import type { Complaint } from '../complaint.ts';
import type { ModelEntry, ModelSituation } from './entry.ts';

export const strictTriangleStackSpec = z
  .strictObject({
    type: z.literal('strict-triangle-stack').check(
      z.meta({
        description: 'Specimen: a wrong design with a strictly lower triangular weight in every layer.',
      }),
    ),
    layers: z._default(
      z.int().check(
        z.minimum(2),
        z.maximum(16),
        z.meta({
          description: 'L, square weight matrices one after the other, each strictly lower triangular. Default: 2.',
        }),
      ),
      2,
    ),
    activation: z._default(
      activationSpec('Nonlinearity g between the layers, h = g(b + tril(W, −1) x). Default: relu.'),
      'relu',
    ),
  })
  .check(
    z.meta({
      title: 'Stack of strict triangles',
      description:
        'Specimen of a mistake: tril(W, −1) in every layer of a stack. With L layers output k sees only inputs at distance ' +
        'L and more, and its nearest predecessors never. A density all the same, and a poor one.',
    }),
  );

export type StrictTriangleStackSpec = z.output<typeof strictTriangleStackSpec>;

/** Pairs of variables that may depend on each other and cannot: those at distance 1 … L − 1. */
export function lostPairs(layers: number, dimension: number): number {
  const nearest = Math.min(layers, dimension) - 1;
  return nearest * dimension - (nearest * (nearest + 1)) / 2;
}

function check({ layers }: Partial<StrictTriangleStackSpec>, { dimension }: ModelSituation): Complaint[] {
  const lost =
    layers === undefined || dimension === null || dimension === 1
      ? ''
      : ` Here ${lostPairs(layers, dimension)} of ${plural((dimension * (dimension - 1)) / 2, 'pair')} are lost.`;
  const depth =
    layers === undefined
      ? 'L layers output k sees only inputs at distance L'
      : `${layers} layers output k sees only inputs at distance ${layers}`;
  return [
    {
      severity: 'info',
      path: ['model', 'type'],
      at: 'value',
      message:
        `a specimen of a mistake, to be looked at: every layer has a strict mask, so that with ${depth} and more.${lost} ` +
        'Only the last mask may be strict (>), those below it have ≥: "made" does that',
    },
  ];
}

export const strictTriangleStack = {
  schema: strictTriangleStackSpec,
  check,
  supportOf: () => 'binary',
  snippet: { type: 'strict-triangle-stack', layers: '^${1:2}' },
  listsOfVariables: [],
  hoverKeys: ['type', 'layers'] satisfies (keyof StrictTriangleStackSpec)[],
} as const satisfies ModelEntry<typeof strictTriangleStackSpec>;
