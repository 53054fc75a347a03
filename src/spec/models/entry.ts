/** What a model's type brings to the experiment file, and how entries become the `model` key. */
import * as z from 'zod/mini';
import type { Complaint } from '../complaint.ts';
import type { ImageSize } from '../imageShape.ts';
import type { Support } from '../support.ts';

/** What a model's checks may know beside its own entry. */
export interface ModelSituation {
  /** D; null where the data does not tell yet. */
  readonly dimension: number | null;
  /** The images that the data say rows are; null or left out where they do not. */
  readonly image?: ImageSize | null;
  /** C, columns that rows are conditioned on; null where the data does not tell yet, left out for none. */
  readonly contextDimension?: number | null;
  /** Keys that stand in the file, not filled in by default. */
  readonly written: ReadonlySet<string>;
}

export type ModelSchema = z.ZodMiniObject<{ type: z.ZodMiniLiteral }>;

/** One type of model, `Schema` being its entry in an experiment. */
export interface ModelEntry<Schema extends ModelSchema = ModelSchema> {
  readonly schema: Schema;
  /**
   * What a schema cannot say: lists that do not fit, options without effect.
   * @param spec Without the keys that are wrong by the schema; what needs them is not checked.
   */
  check(spec: Partial<z.output<Schema>>, situation: ModelSituation): Complaint[];
  /** What the likelihood of a model with this specification can score. */
  supportOf(spec: z.output<Schema>): Support;
  /** What is set in the model so that it scores real values, `"key": value`; left out where no such model does. */
  readonly realBy?: string;
  /** Whether its means are held between 0 and 1, so that other values are never learnt; no where left out. */
  meansInUnit?(spec: z.output<Schema>): boolean;
  /** What is inserted for a new model of this type, with the editor's placeholders. */
  readonly snippet: object;
  /** Keys whose hovers show the model that will be trained. */
  readonly hoverKeys: readonly string[];
  /** Keys whose value, where it is a list, is for one number of variables D. */
  readonly listsOfVariables: readonly string[];
  /** Whether rows may be conditioned on `data.context`; left out for models of p(x) alone. */
  readonly takesContext?: true;
  /** Whether it is a model of text, whose rows are characters; left out for models of all other data. */
  readonly readsText?: true;
  /** Why no rows can be drawn from such a model, as part of a sentence; left out where they can. */
  readonly noSamples?: string;
}

/** The `model` entry of an experiment: any one of these, told apart by its `type`, a snippet for each. */
export function modelUnion<Entries extends Readonly<Record<string, Pick<ModelEntry, 'schema' | 'snippet'>>>>(
  entries: Entries,
) {
  type Schema = Entries[keyof Entries]['schema'];
  const schemas: ModelSchema[] = Object.values(entries).map(({ schema }) => schema);
  return z.discriminatedUnion('type', schemas as [Schema, ...Schema[]]).check(
    z.meta({
      description: 'The model: its type and its architecture.',
      defaultSnippets: Object.entries(entries).map(([label, { snippet }]) => ({ label, body: snippet })),
    }),
  );
}
