/** The product of the masks: how many paths join each input to each output. */
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { pathsFigure } from '../../src/figures/maskMatrix.tsx';
import { matrixAxes, type CellWindow } from '../../src/figures/matrix.tsx';
import { pathPixels } from '../../src/figures/pathPixels.ts';
import { pairSentence, pathsReading } from '../../src/figures/sentences.ts';
import { PairSection, type PairSectionProps } from './pairSection.tsx';

export function PathsSection(o: PairSectionProps): VNode {
  const { page, network, order, size } = o;
  const { theme } = page.model;
  const { dimension, last } = network;
  const draw = useMemo(() => {
    const axes = matrixAxes(network.layers, 0, last, order);
    const pixels = pathPixels(network, axes.rowUnits, axes.columnUnits, theme);
    return (window: CellWindow | null) => pathsFigure({ network, theme, order, size, pixels, window }).panel;
  }, [network, last, order, theme, size.width, size.height]);
  const legend = useMemo(() => pathsFigure({ network, theme, order, size }).legend, [network, theme, order]);
  const value = useCallback(
    (output: number, input: number) => network.pathMatrix()[output * dimension + input]!,
    [network, dimension],
  );
  return (
    <PairSection
      {...o}
      content={{
        id: 'paths',
        topic: 'lost-dependency',
        title: 'Paths: the product of the masks',
        exportTitle: 'Paths from inputs to outputs',
        label: `Paths from ${dimension} inputs to as many outputs`,
        hint: 'Point at a pair: rows are outputs, columns inputs.',
        reading: pathsReading(network.report()),
        draw,
        legend,
        whole: (own) => pathsFigure({ network, theme: own, order, size }),
        sentence: ({ unit, from }) =>
          from?.layer === 0 && unit.layer === last ? pairSentence(network, from, unit) : null,
        value,
        what: 'paths',
      }}
    />
  );
}
