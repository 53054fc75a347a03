/** Names that somebody may well look for in an enumeration, or keys in an object, and why they are not there. */
import * as z from 'zod/mini';

/** By enumeration or object: why each name is none of its. */
export const refusals = z.registry<Readonly<Record<string, string>>>();
