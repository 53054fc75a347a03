/** The measured Jacobian, beside the paths that allow it. */
import type { VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { Focus } from '../../src/figures/dependencies.ts';
import { jacobianFigure, jacobianPixels, jacobianRange } from '../../src/figures/jacobian.tsx';
import { matrixAxes } from '../../src/figures/matrix.tsx';
import { jacobianReading, jacobianSentence } from '../../src/figures/sentences.ts';
import { formatCount, plural } from '../../src/figures/text.ts';
import type { JacobianFrame } from '../../src/inspection/frames.ts';
import type { MadeStructure } from '../../src/masks/degrees.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { ZoomButtons } from './graph.tsx';
import { MatrixFigure, Told } from './matrixFigure.tsx';
import { lazily, pairTable, squareTable } from './pairTable.ts';
import type { PairSectionProps } from './pathsSection.tsx';
import { Waiting } from './waiting.tsx';
import type { ZoomControls } from './zoom.ts';

export type JacobianSectionProps = PairSectionProps & { readonly maskCount: number };

export function JacobianSection(o: JacobianSectionProps): VNode {
  const frame = o.page.model.frames.jacobian;
  return frame ? <Measured {...o} frame={frame} /> : <Waiting page={o.page} kind="jacobian" what="Jacobian" />;
}

function Measured(o: JacobianSectionProps & { readonly frame: JacobianFrame }): VNode {
  const { page, frame, order, size } = o;
  const { theme } = page.model;
  const controls = useRef<ZoomControls | null>(null);
  // The order that rules is that of the weights that were measured.
  const structure = useMemo<MadeStructure>(() => ({ ...o.structure, order: frame.order }), [o.structure, frame]);
  const last = structure.hidden.length + 1;
  const range = useMemo(() => jacobianRange(frame), [frame]);
  const draw = useMemo(() => {
    const pixels = jacobianPixels(frame, range, matrixAxes(structure, 0, last, order), theme);
    return (window: Parameters<typeof jacobianFigure>[0]['window']) =>
      jacobianFigure({ frame, structure, theme, order, size, range, pixels, window: window ?? null }).panel;
  }, [frame, range, structure, last, order, theme, size.width, size.height]);
  const legend = useMemo(
    () => jacobianFigure({ frame, structure, theme, order, size, range }).legend,
    [frame, range, structure, theme, order],
  );
  const entry = (output: number, input: number) => frame.values[output * frame.dimension + input]!;
  const table = useMemo(() => lazily(() => pairTable(frame.dimension, entry, 'mean |∂|')), [frame]);
  const sentence = (focus: Focus) => jacobianSentence(frame, focus, last);
  const mask = o.maskCount > 1 ? ` · mask ${frame.mask + 1} of ${o.maskCount}` : '';
  return (
    <FigureFrame
      page={page}
      topic="future-leak"
      name="jacobian"
      title="Jacobian: what the weights make of it"
      reading={jacobianReading(frame)}
      note={`step ${formatCount(frame.step)}${mask} · mean over ${plural(frame.dataRows, 'row')}`}
      legend={legend}
      tools={<ZoomButtons controls={() => controls.current} fitted={null} />}
      figure={(own) => {
        const { panel, legend: items } = jacobianFigure({ frame, structure, theme: own, order, size, range });
        return {
          title: `|∂ logit / ∂ x|, step ${formatCount(frame.step)}`,
          reading: jacobianReading(frame),
          drawing: panel.drawing,
          legend: items,
        };
      }}
      table={table}
      series={() => squareTable(frame.dimension, entry)}
      json={() => ({ ...frame, order: [...frame.order], values: [...frame.values] })}
    >
      <MatrixFigure
        id="jacobian"
        label={`Measured Jacobian of ${frame.dimension} outputs by as many inputs`}
        draw={draw}
        structure={structure}
        theme={theme}
        pointed={o.pointed}
        pinned={o.pinned}
        onPin={(focus) => {
          page.select(focus, focus !== null);
        }}
        sentence={sentence}
        zoom={o.zoom}
        onZoom={o.setZoom}
        onZoomRest={o.keepZoom}
        controls={(own) => {
          controls.current = own;
        }}
      />
      <Told
        pointed={o.pointed}
        pinned={o.pinned}
        owners={['jacobian']}
        sentence={sentence}
        hint="Point at a pair to read its value; what must be 0 is hatched."
      />
    </FigureFrame>
  );
}
