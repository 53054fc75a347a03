import type { Figure } from '../../figures/compose.tsx';
import { ConnectivityBase, connectivityLegend } from '../../figures/connectivity.tsx';
import { MAX_NODES, nodeLayout, unitCount } from '../../figures/nodeLayout.ts';
import { quiltDrawing, quiltLegend, quiltPixels } from '../../figures/quilt.tsx';
import { quiltLayout } from '../../figures/quiltLayout.ts';
import { connectivityReading } from '../../figures/sentences.ts';
import { weightReaders } from '../../figures/weights.ts';
import { connectivityOf as networkOf } from '../../masks/byMasks.ts';
import { frameOf, HEIGHT, type Inspected, inspectedFigure, type InspectedRun, theme, WIDTH } from './inspected.ts';

export async function connectivityOf(run: InspectedRun): Promise<Inspected> {
  const frame = await frameOf('connectivity', run);
  const { weights } = frame;
  const network = networkOf(frame.network);
  const words = { title: 'Connectivity', reading: connectivityReading(network) };
  const draw = (): Figure => {
    if (unitCount(network.layers) <= MAX_NODES) {
      const layout = nodeLayout(network.layers, {
        width: WIDTH,
        height: HEIGHT,
        unitOrder: 'degree',
        context: network.context?.size ?? 0,
      });
      const marks = (
        <ConnectivityBase network={network} weights={weights} context={frame.context} layout={layout} theme={theme} />
      );
      const readers = weightReaders(network, weights);
      const legend = connectivityLegend(theme, readers, network);
      return { ...words, drawing: { width: WIDTH, height: HEIGHT, rasters: [], marks }, legend };
    }
    const layout = quiltLayout(network, { width: WIDTH, height: WIDTH });
    const pixels = quiltPixels(network, weights, layout, theme, 'weight', frame.context);
    const legend = quiltLegend(theme, pixels, network);
    return { ...words, drawing: quiltDrawing({ network, layout, pixels, theme }), legend };
  };
  return inspectedFigure(run, frame, draw, words);
}
