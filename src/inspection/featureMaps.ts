/** The maps that one row is turned into by a layer of a network over pixels: sums of convolutions, states of LSTMs. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { heldOut } from '../data/heldOut.ts';
import type { Activation } from '../models/model.ts';
import { evaluateRows, Pace, rowsAt } from './ensembleScoring.ts';
import type { FrameMaker } from './frameMaker.ts';
import { BEFORE_LAST, type FeatureLayer, type FeatureMapsChoice, type FeatureMapsFrame } from './frames/pixelRows.ts';
import { pickedRows, shownRows } from './latentLook.ts';
import { type Chunked, frameBase, type Snapshot } from './source.ts';

export const featureMapsMaker: FrameMaker<'featureMaps'> = {
  compute: (snapshot, { free, options }) => featureMapsFrame(snapshot, options, free),
  renewed: 'step',
  canBeRefined: () => false,
};

/** @throws RangeError when the model is none over pixels, or there is no such layer or row. */
export async function* featureMapsFrame(
  snapshot: Snapshot,
  { layer: asked, row }: FeatureMapsChoice,
  free = false,
): Chunked<FeatureMapsFrame> {
  const { source } = snapshot;
  const { model } = source;
  const { pixels } = model;
  if (!pixels) throw new RangeError(`this model (${model.type}) has no maps over the pixels of an image`);
  const { split, matrix } = heldOut(await source.dataset());
  if (row < 0 || row >= matrix.rows) {
    throw new RangeError(`no row ${row}: there are ${matrix.rows} ${split} rows, counted from 0`);
  }
  const { image: size } = pixels.layers;
  const [height, width] = size;
  const plane = height * width;
  let layers: FeatureLayer[] = [];
  let layer = 0;
  let values = new Float32Array(0);
  yield* evaluateRows(snapshot, {
    ...{ mask: snapshot.mask, count: 1, rowsOf: rowsAt(matrix, Int32Array.of(row)) },
    pace: new Pace({ free, products: model.densityProducts }),
    evaluate: (x, inputs): Tensor[] => {
      const maps = model.activations(x, inputs).filter(isMap);
      layers = maps.map(({ layer: name, role, value }) => ({ name, role, channels: value.shape[3]! }));
      // The last map has the conditionals' parameters.
      layer = asked === BEFORE_LAST ? Math.max(0, layers.length - 2) : asked;
      const shown = maps[layer];
      if (!shown) throw new RangeError(`no layer ${asked}: there are ${layers.length}, counted from 0`);
      return [shown.value];
    },
    take: (_, [own]) => {
      const { channels } = layers[layer]!;
      // Map after map, not pixel after pixel.
      values = Float32Array.from(
        { length: own!.length },
        (_, i) => own![(i % plane) * channels + Math.floor(i / plane)]!,
      );
    },
  });
  return {
    kind: 'featureMaps',
    ...frameBase(snapshot),
    ...{ size, split, row, allRows: matrix.rows, layers, layer, values },
    picture: await shownRows(snapshot, pickedRows(matrix, Int32Array.of(row)).values),
  };
}

type FeatureMap = Activation & { readonly role: FeatureLayer['role'] };

const isMap = (one: Activation): one is FeatureMap =>
  one.value.shape.length === 4 && ['preactivation', 'activation', 'residual'].includes(one.role);
