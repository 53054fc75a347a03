/** Flows: the splits and the permutations of their layers, and what may depend on what after all of them. */
import { flowDiagramSvg, type FlowHighlight } from '../../../src/figures/flowDiagram.tsx';
import { themeFor } from '../../../src/figures/theme.ts';
import { isImageFlow, type FlowSpec } from '../../../src/masks/flowLayers.ts';
import { variablesOf } from '../../../src/spec/models/splits.ts';
import { formatCount, plural } from '../../../src/text/numbers.ts';
import { composedFlow, type ComposedFlow } from './flowStructures.ts';
import { architectureOf, baseName, keyWords, structureWords } from './flowWords.ts';
import type { ModelHover } from './modelHover.ts';
import { pictureOf } from './picture.ts';

const names = { nice: 'NICE', realnvp: 'RealNVP', maf: 'MAF', iaf: 'IAF', glow: 'Glow' } as const;

/** As wide as a hover is in a narrow editor. */
const WIDTH = 520;

const highlights: Readonly<Record<string, FlowHighlight>> = {
  layers: 'layers',
  split: 'split',
  permutation: 'permutation',
  scale: 'scale',
  base: 'base',
  hidden: 'hidden',
  networks: 'hidden',
  couplings: 'split',
  blocks: 'hidden',
  batchNorm: 'batchNorm',
  dequantise: 'dequantise',
};

export function flowHover<T extends FlowSpec['type']>(): ModelHover<T> {
  return {
    dimensionOf: (model) => {
      if ('image' in model && model.image !== undefined) return variablesOf(model.image);
      const list = 'split' in model ? model.split : 'permutation' in model ? model.permutation : null;
      return Array.isArray(list) ? list.length : null;
    },
    markdown({ model, dimension, contextDimension, seed, image }, key, theme) {
      const name = `**${names[model.type]}** of ${plural(dimension, 'variable')}`;
      let composed: ComposedFlow;
      try {
        composed = composedFlow(model, dimension, seed, contextDimension ?? 1);
      } catch (error) {
        if (error instanceof RangeError) return `${name}\n\nThis model cannot be built: ${error.message}.`;
        throw error;
      }
      const { layers, structure } = composed;
      const heading = [name, ...architectureOf(model, layers)].join(' · ');
      const svg = flowDiagramSvg(
        {
          dimension,
          layers,
          variables: structure?.variables ?? Int32Array.from({ length: dimension }, (_, d) => d),
          dependencies: structure?.dependencies ?? null,
          // Of colour images each lane has pixels of three.
          image: !isImageFlow(model) && image?.length === 2 && variablesOf(image) === dimension ? image : null,
          base: baseName(model),
          additive: model.type === 'nice',
        },
        { theme: themeFor(theme), width: WIDTH, highlight: highlights[key] },
      );
      const whole = structure
        ? structureWords(structure, layers)
        : `What depends on what among ${formatCount(dimension)} variables is too much to tell while you wait; the inspector shows it.`;
      const words = [keyWords(model, layers, key), whole].filter((text) => text !== '').join(' ');
      const picture = pictureOf(
        svg,
        `Layers of a ${names[model.type]} of ${dimension} variables, and what u depends on`,
      );
      // Words first: what does not fit into a hover is out of sight.
      return [`${heading}  \n${words}`, ...picture].join('\n\n');
    },
  };
}
