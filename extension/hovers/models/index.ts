/** The hover of every type of model. */
import type { ModelType } from '../../../src/spec/models/index.ts';
import { autoencoderHover } from './autoencoder.ts';
import { charRnnHover } from './charRnn.ts';
import { eonadeHover } from './eonade.ts';
import { flowHover } from './flows.ts';
import { fvsbnHover } from './fvsbn.ts';
import { madeHover } from './made.ts';
import type { ModelHover } from './modelHover.ts';
import { nadeHover } from './nade.ts';
import { pixelcnnHover } from './pixelcnn.ts';
import { pixelrnnHover } from './pixelrnn.ts';
import { strictTriangleStackHover } from './strictTriangleStack.ts';
import { vaeHover } from './vae.ts';

const hovers: { readonly [T in ModelType]: ModelHover<T> } = {
  made: madeHover,
  fvsbn: fvsbnHover,
  nade: nadeHover,
  eonade: eonadeHover,
  autoencoder: autoencoderHover,
  nice: flowHover(),
  realnvp: flowHover(),
  maf: flowHover(),
  iaf: flowHover(),
  glow: flowHover(),
  vae: vaeHover,
  pixelcnn: pixelcnnHover,
  pixelrnn: pixelrnnHover,
  'char-rnn': charRnnHover,
  'strict-triangle-stack': strictTriangleStackHover,
};

/** A type's hover takes that type's specifications alone; whoever asks has looked it up by the specification's type. */
export function hoverOf(type: ModelType): ModelHover<ModelType> {
  return hovers[type];
}
