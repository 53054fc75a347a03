/** A place where an array lies, as a key of the experiment file. */
import * as z from 'zod/mini';

const FORMATS =
  'npy, npz, idx, mat, csv, amat and other text with numbers between commas, semicolons, tabs or blanks; each also gzipped.';

export const location = (what: string) =>
  z.string().check(
    z.minLength(1),
    z.meta({
      description: `${what}. A path relative to this file; file#name picks an array of an npz or a mat (file#name': of a mat, its columns as rows). ${FORMATS}`,
      markdownDescription:
        `${what}. A path relative to this file; \`file#name\` picks an array of an npz or a mat, as in \`digits.npz#train\`; ' behind the name takes the columns of a mat's for rows.\n\n` +
        FORMATS,
    }),
  );
