/** Numbers as runs write them. JSON knows no NaN and no infinity: they are written as these strings. */
import * as z from 'zod/mini';

export const number = z.union([z.number(), z.pipe(z.enum(['NaN', 'Infinity', '-Infinity']), z.transform(Number))]);
export const count = z.int().check(z.nonnegative());
