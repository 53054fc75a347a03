/** Names that somebody may well look for in an enumeration, and why they are not there: told in place of a mere list. */
import * as z from 'zod/mini';

/** By enumeration: why each name is none of its. */
export const refusals = z.registry<Readonly<Record<string, string>>>();
