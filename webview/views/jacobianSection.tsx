/** The measured Jacobian, beside the paths that allow it. */
import type { VNode } from 'preact';
import { useCallback, useMemo } from 'preact/hooks';
import { jacobianAxes, jacobianFigure, jacobianPixels, jacobianRange } from '../../src/figures/jacobian.tsx';
import { jacobianPrecision, jacobianReading, jacobianSentence } from '../../src/figures/jacobianWords.ts';
import type { CellWindow } from '../../src/figures/matrix.tsx';
import { formatCount, plural } from '../../src/figures/text.ts';
import type { JacobianFrame } from '../../src/inspection/frames.ts';
import { maskTexts, stepText } from '../words.ts';
import { PairSection, type PairSectionProps } from './pairSection.tsx';
import { Waiting } from './waiting.tsx';

/** `beside` the paths it shares their tools, and what their legend has said already. */
type JacobianSectionProps = PairSectionProps & { readonly beside: boolean };

export function JacobianSection(o: JacobianSectionProps): VNode {
  const frame = o.page.model.frames.jacobian;
  return frame ? <Measured {...o} frame={frame} /> : <Waiting page={o.page} kind="jacobian" what="Jacobian" />;
}

function Measured(o: JacobianSectionProps & { readonly frame: JacobianFrame }): VNode {
  const { page, frame, network, order, size } = o;
  const { theme } = page.model;
  const { layers, last } = network;
  const range = useMemo(() => jacobianRange(frame), [frame]);
  const draw = useMemo(() => {
    const pixels = jacobianPixels(frame, range, jacobianAxes(layers, frame.order, order), theme);
    return (window: CellWindow | null) =>
      jacobianFigure({ frame, layers, theme, order, size, range, pixels, window }).panel;
  }, [frame, range, layers, order, theme, size.width, size.height]);
  const legend = useMemo(
    () => jacobianFigure({ frame, layers, theme, order, size, range }).legend,
    [frame, range, layers, theme, order],
  );
  const value = useCallback((output: number, input: number) => known(range.reader.at(output, input)), [range]);
  const reading = useMemo(() => jacobianReading(frame), [frame]);
  const precision = useMemo(() => jacobianPrecision(frame), [frame]);
  return (
    <PairSection
      {...o}
      content={{
        id: 'jacobian',
        topic: 'future-leak',
        title: 'Jacobian: what the weights make of it',
        exportTitle: `|∂ logit / ∂ x|, step ${formatCount(frame.step)}`,
        label: `Measured Jacobian of ${frame.dimension} outputs by as many inputs`,
        hint: 'Point at a pair to read its value; what must be 0 is hatched.',
        reading,
        note: [
          stepText(frame, page.model),
          ...maskTexts(frame),
          `mean over ${plural(frame.dataRows, 'row')}`,
          ...(precision === null ? [] : [precision]),
        ].join(' · '),
        draw,
        legend: o.beside ? legend.filter(({ mark }) => mark !== 'outline' && mark !== 'violation') : legend,
        tools: !o.beside,
        whole: (own) => jacobianFigure({ frame, layers, theme: own, order, size, range }),
        sentence: (focus) => jacobianSentence(frame, focus, last),
        value,
        what: precision === null ? 'mean |∂|' : `mean |∂|, ${precision}`,
        ...(precision === null ? {} : { corner: `output; mean |∂|, ${precision}` }),
        json: () => ({
          ...frame,
          order: [...frame.order],
          precision: precision ?? 'exact',
          values: Array.from({ length: frame.dimension ** 2 }, (_, i) =>
            value(Math.floor(i / frame.dimension), i % frame.dimension),
          ),
        }),
      }}
    />
  );
}

/** Tables and files have no numbers that are not finite. */
const known = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);
