/** How many units, or channels, a layer of a network has: as every model's keys have it. */
import * as z from 'zod/mini';

export const MOST_UNITS = 65_536;

export const units = () => z.int().check(z.minimum(1), z.maximum(MOST_UNITS));
