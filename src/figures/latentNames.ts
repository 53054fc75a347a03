/** Names of latent variables. */
import { subscript } from '../text/notation.ts';

/** Latent variable k, counted from 0: z₁, z₂, … */
export const latentName = (k: number): string => `z${subscript(k + 1)}`;
