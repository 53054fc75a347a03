/** What the session checks of each request before it acts on it: a bad one is answered with what is wrong. */
import * as z from 'zod';
import { backendNames } from '../backends/backend.ts';
import { frameWishSpec } from '../inspection/frameSpecs.ts';
import { MOST_PRIME, textLimits } from '../protocol/textLimits.ts';

const path = z.string().min(1);
const backend = z.enum(['auto', ...backendNames]);

/** Most rows that one request for samples may draw. */
export const MAX_SAMPLE_ROWS = 10_000_000;

const whole = z.int().nonnegative();

const givenSpec = z.union([
  z.object({
    split: z.enum(['train', 'validation', 'test']),
    keep: z.array(z.tuple([whole, whole])).min(1),
    first: whole.optional(),
    count: z.int().min(1).optional(),
  }),
  z.object({ values: z.instanceof(Float32Array) }),
]);

const contextSpec = z.union([z.object({ label: whole }), z.object({ values: z.instanceof(Float32Array) })]);

export const sampleSpec = z.object({
  rows: z.int().min(1).max(MAX_SAMPLE_ROWS),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  temperature: z.number().positive().max(1000),
  from: z.enum(['current', 'best']),
  mask: whole.optional(),
  given: givenSpec.optional(),
  context: contextSpec.optional(),
  id: whole.optional(),
});

const textSpec = z.object({
  prime: z.string().max(MOST_PRIME),
  length: z.int().min(textLimits.length.min).max(textLimits.length.max),
  temperature: z.number().positive().max(1000),
  topK: z.int().min(textLimits.topK.min).max(textLimits.topK.max).nullable(),
  seed: sampleSpec.shape.seed,
  from: sampleSpec.shape.from,
  id: whole.optional(),
});

export const requestSpecs = {
  train: z.object({
    experimentFile: path,
    runFolder: path,
    backend,
    resume: z.boolean(),
    epochs: z.int().min(1).optional(),
  }),
  open: z.object({ runFolder: path, backend }),
  step: z.object({ unit: z.enum(['batch', 'epoch']) }),
  frame: frameWishSpec({ waitMs: z.number().min(0).max(600_000), overtakes: z.boolean().optional() }),
  sample: sampleSpec,
  sampleText: textSpec,
  cancelSample: z.object({ id: whole }),
} as const;

/** What was under way is given up, as was asked. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** A request that is not as it must be. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

/** @throws RequestError naming the entry that is wrong. */
export function checked<K extends keyof typeof requestSpecs>(
  method: K,
  params: unknown,
): z.output<(typeof requestSpecs)[K]> {
  const parsed = requestSpecs[method].safeParse(params);
  if (parsed.success) return parsed.data as z.output<(typeof requestSpecs)[K]>;
  const problems = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'it'}: ${message}`);
  throw new RequestError(`bad request "${method}": ${problems.join('; ')}`);
}
