/** Passes that keep others waiting while their programs are made, which people are told. */
import type { CompiledPasses, Pass } from '../backends/compiledPasses.ts';
import type { TellActivity } from '../text/activity.ts';

/** @param what "the scores of 500 rows" */
export async function runTold<I extends object, O extends object>(
  passes: CompiledPasses,
  { pass, what }: { readonly pass: Pass<I, O>; readonly what: string },
  inputs: I,
  tell: TellActivity | undefined,
): Promise<O> {
  if (!tell || !passes.makes(pass, inputs)) return passes.run(pass, inputs);
  const compiling = (operations: number | null) => tell({ doing: 'compiling', what, operations });
  await compiling(null);
  try {
    return passes.run({ ...pass, counted: (operations) => void compiling(operations) }, inputs);
  } finally {
    await tell(null);
  }
}
