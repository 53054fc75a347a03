/** What the marks of a flow's diagram mean: of those that are drawn, in lines as wide as the picture. Pure strings. */
import { isImageLayer, type FlowLayerStructure } from '../masks/flowLayers.ts';
import { MOST_LANES, type FlowDiagram, type FlowHighlight } from './flowDiagramOptions.ts';

/** Names of the layers that move every variable by itself. */
const eachNames = {
  levels: 'levels',
  logit: 'logit',
  'act-norm': 'ActNorm',
  'batch-norm': 'batch normalisation',
  scaling: 'scaling',
} as const satisfies Partial<Record<FlowLayerStructure['kind'], string>>;

const highlighted: Readonly<Record<Exclude<FlowHighlight, 'layers' | 'base'>, string>> = {
  split: 'couplings',
  permutation: 'permutations',
  scale: 'what scales',
  hidden: 'layers with a network',
  batchNorm: 'batch normalisation',
  dequantise: 'dequantisation',
};

/** Each mark that is drawn, in words. @param shown the layers that there is room for. */
export function flowMarks(
  flow: Pick<FlowDiagram, 'dimension' | 'additive' | 'dependencies' | 'base'>,
  shown: readonly FlowLayerStructure[],
  highlight: FlowHighlight | undefined,
  shaded: boolean,
): string[] {
  const lanes = flow.dimension <= MOST_LANES;
  const has = (kind: FlowLayerStructure['kind']) => shown.some((layer) => layer.kind === kind);
  const couplings = has('coupling');
  const dots = lanes && shown.some((layer) => layer.kind === 'coupling' && !isImageLayer(layer));
  const tiles = couplings && !(lanes && shown.every((layer) => layer.kind !== 'coupling' || !isImageLayer(layer)));
  const each = Object.entries(eachNames).filter(([kind]) => has(kind as keyof typeof eachNames));
  return [
    ...(dots ? ['● passes, ■ moves'] : []),
    ...(tiles ? ['filled: moves'] : []),
    ...(has('autoregressive') ? ['wedge: each depends on those before it'] : []),
    ...(couplings || has('autoregressive') ? [flow.additive ? '+ shifted' : '×+ scaled and shifted'] : []),
    ...(each.length > 0 ? [`${lanes ? '|' : '⋮'} ${each.map(([, name]) => name).join(', ')}`] : []),
    ...(has('squeeze') ? ['⊞ squeeze'] : []),
    ...(has('mixing') ? ['✕ mixes channels'] : []),
    ...(flow.dependencies ? ['grey in u ← x: row u may depend on column x'] : []),
    ...(shaded && highlight && highlight !== 'layers' && highlight !== 'base'
      ? [`shaded: ${highlighted[highlight]}`]
      : []),
    ...(highlight === 'base' ? [`base of u: ${flow.base}`] : []),
  ];
}

/** Marks in lines of at most so many characters, none of them parted. */
export function markLines(marks: readonly string[], most: number): string[] {
  const lines: string[] = [];
  for (const mark of marks) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + mark.length + 3 <= most) lines[lines.length - 1] = `${last} · ${mark}`;
    else lines.push(mark);
  }
  return lines;
}
