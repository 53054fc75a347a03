/**
 * `run.json`: what a run is and how far it got. Rewritten atomically whenever its state changes; everything in it can
 * be shown without reading a tensor.
 */
import * as z from 'zod/mini';
import { runStates } from './states.ts';

export { isUnderWay, runStates, type RunState } from './states.ts';

/** Mean negative log-likelihood over rows, or mean loss where the model has no density. */
export const scoreSpec = z.object({
  rows: z.int().check(z.positive()),
  /** Mean NLL in nats a row; of a loss its mean, in its own unit. */
  nats: z.number(),
  standardError: z.number(),
  /** nats / (D ln 2); null for a loss: it is no likelihood. */
  bitsPerDim: z.nullable(z.number()),
  quantity: z.string(),
  /** Of `nats` and `standardError` where it is another: `squared units`. */
  unit: z.optional(z.string()),
  /**
   * Of rows that follow one another in a text: in how many pieces it was read, each from its beginning with the state carried from
   * row to row; left out where every row was scored on its own.
   */
  streams: z.optional(z.int().check(z.positive())),
  /** Of a marginal likelihood by importance sampling, whose quantity is an `IWAE-k bound`; left out for others. */
  importance: z.optional(
    z.object({
      /** k, samples of each row. */
      samples: z.int().check(z.positive()),
      /** (Σ w)² / Σ w² over the rows. */
      effectiveSamples: z.object({ mean: z.number(), smallest: z.number() }),
      /** Standard error of the mean in nats by the samples alone, the rows held; null where none can be told. */
      samplingError: z.nullable(z.number()),
      /** Rows of whose weights a few decide: Pareto k̂ > 0.7, and less than half of them count; null of too few samples. */
      heavyTailed: z.optional(z.nullable(z.int().check(z.nonnegative()))),
      /** Mean ELBO in nats by the same samples. */
      elbo: z.number(),
    }),
  ),
});
export type Score = z.output<typeof scoreSpec>;

export const manifestSpec = z.object({
  formatVersion: z.literal(1),
  /** Name of the experiment file without `.lens.json`. */
  experiment: z.string(),
  /** The experiment file, relative to the run folder. */
  experimentFile: z.string(),
  created: z.iso.datetime(),
  state: z.enum(runStates),
  backend: z.string(),
  /** Of the process that trained it last: what the backend was, and why it. Left out by earlier versions. */
  backendChoice: z.optional(
    z.object({
      /** `auto`, or the name of a backend. */
      asked: z.string(),
      version: z.string(),
      device: z.string(),
      /** With how many it trained, where their number changes the last bits of results; left out elsewhere. */
      threads: z.optional(z.number()),
      /** Into how many blocks masked matrices were cut; left out where that is not done, and by earlier versions. */
      blocks: z.optional(z.number()),
      /** Of the trial behind `auto`, fastest first; empty without one. */
      timings: z.array(
        z.object({
          name: z.string(),
          rowsPerSecond: z.number(),
          stepMs: z.number(),
          /** What was timed, and when. */
          title: z.string(),
          measured: z.string(),
        }),
      ),
      /** Whether they are those of an earlier trial. */
      remembered: z.boolean(),
      /** Backends that were not timed, or failed, and why. */
      skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
    }),
  ),
  /** Why it failed or stopped early; null otherwise. */
  reason: z.nullable(z.string()),
  /** Of a run that failed because a number was none: where it happened first. Rows are counted from 0. */
  nonFinite: z.optional(
    z.object({
      step: z.int(),
      layer: z.string(),
      tensor: z.string(),
      row: z.nullable(z.int()),
      value: z.string(),
      /** What the row is of; left out for the training data. */
      split: z.optional(z.enum(['validation', 'test'])),
    }),
  ),
  dimension: z.int().check(z.positive()),
  /** C, columns that rows are conditioned on; left out where there are none. */
  contextDimension: z.optional(z.int().check(z.positive())),
  /** Of a text its V characters (code points), in the order of their numbers; left out for other data. */
  characters: z.optional(z.array(z.string())),
  /** Height and width where rows are images, and 3 channels where these are in colour. */
  image: z.nullable(z.union([z.tuple([z.int(), z.int()]), z.tuple([z.int(), z.int(), z.literal(3)])])),
  parameterCount: z.int().check(z.nonnegative()),
  /** What there is to look at of the model; left out by earlier versions, whose models had all of it. */
  model: z.optional(
    z.object({
      type: z.string(),
      /** Whether its conditionals come from one layered network. */
      network: z.boolean(),
      /** Masks or orders that it takes in turn, those that are counted; left out by earlier versions. */
      masks: z.optional(z.int().check(z.positive())),
      /** Whether they are those of pixels, by maps of the image's size; left out for others. */
      pixels: z.optional(z.literal(true)),
      /** Whether they are those of a text's characters, one after the other; left out for others. */
      text: z.optional(z.literal(true)),
      /** Of a normalising flow: its layers from the data to the base, and what the base is; left out for others. */
      flow: z.optional(
        z.object({
          layers: z.array(z.object({ kind: z.string(), title: z.string() })),
          base: z.string(),
          /**
           * Passes of a row through the networks of all layers that have one, as counted, and what they would be with a pass
           * for every variable; left out by earlier versions and until it is known.
           */
          passes: z.optional(
            z.object({
              /** That have a network. */
              layers: z.int().check(z.nonnegative()),
              density: z.number(),
              sampling: z.number(),
              naive: z.object({ density: z.number(), sampling: z.number() }),
            }),
          ),
        }),
      ),
      /** Of a model with latent variables: how many, and the family of q(z|x); left out for others. */
      latent: z.optional(z.object({ dimension: z.int().check(z.positive()), posterior: z.enum(['gaussian', 'iaf']) })),
      /** What it is trained on and scored by: of a `loss` there is no density. */
      quantity: z.object({
        kind: z.enum(['exact', 'bound', 'loss']),
        name: z.string(),
        unit: z.string(),
        /** What a row's likelihood is divided into to be read: `character` of a text. */
        each: z.optional(z.string()),
        /** What training lowers where it is an estimate: "estimate over orders". */
        estimate: z.optional(z.string()),
        /** What training goes by where that is not the quantity: "the bound with its KL divergence times β = 4". */
        descent: z.optional(z.string()),
      }),
      /** `estimate`: the score after every epoch is that estimate, too; left out where it is the quantity itself. */
      validation: z.optional(z.literal('estimate')),
    }),
  ),
  /** Steps and epochs done, and of how many. */
  step: z.int().check(z.nonnegative()),
  epoch: z.number().check(z.nonnegative()),
  epochs: z.int().check(z.positive()),
  /** Best validation NLL, or loss, so far and its epoch. */
  best: z.nullable(z.object({ epoch: z.int(), nats: z.number() })),
  /** Folder names under `checkpoints/`. */
  checkpoints: z.object({ last: z.nullable(z.string()), best: z.nullable(z.string()) }),
  /** Scores of the best parameters, once finished. */
  validation: z.nullable(scoreSpec),
  test: z.nullable(scoreSpec),
});
export type RunManifest = z.output<typeof manifestSpec>;
