/** Dependency map: one output chosen by hand, and what it depends on, by the masks and by the weights. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { dependencyDrawing, dependencyLegend } from '../../src/figures/dependency.tsx';
import { dependencyLayout } from '../../src/figures/dependencyLayout.ts';
import {
  dependencyReading,
  factsOf,
  fromJacobian,
  isLeaking,
  isLost,
  type ShownDependency,
} from '../../src/figures/dependencyWords.ts';
import { formatCount, inputName, outputName, plural } from '../../src/figures/text.ts';
import type { DependencyFrame } from '../../src/inspection/frames.ts';
import { FigureFrame } from '../figureFrame.tsx';
import { maskTexts, stepText } from '../words.ts';
import { Inputs } from './dependencyInputs.tsx';
import { MaskChooser } from './maskChooser.tsx';
import { OutputChooser } from './outputChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';

export function DependencyView(page: ViewProps): VNode {
  const frame = page.model.frames.dependency;
  if (!frame) return <Waiting page={page} kind="dependency" what="dependency map" />;
  return <Map page={page} frame={frame} />;
}

const LOWEST = 260;
const TALLEST = 640;

function Map({ page, frame }: { readonly page: ViewProps; readonly frame: DependencyFrame }): VNode {
  const { model } = page;
  const { theme } = model;
  const wished = model.options.dependency?.output ?? frame.output;
  const output = wished >= 0 && wished < frame.dimension ? wished : frame.output;
  const jacobian = model.frames.jacobian;
  // Until the chosen output has been measured, the whole Jacobian knows of it what it knows.
  const shown = useMemo<ShownDependency>(
    () =>
      output === frame.output || !jacobian || jacobian.mask !== frame.mask
        ? frame
        : fromJacobian(jacobian, frame, output),
    [frame, jacobian, output],
  );
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - 230));
  const layout = useMemo(
    () => dependencyLayout(shown, { width: page.width, height: room }),
    [shown.order, shown.image, shown.dimension, page.width, room],
  );
  const drawing = useMemo(() => dependencyDrawing(shown, layout, theme), [shown, layout, theme]);
  const reading = useMemo(() => dependencyReading(shown), [shown]);
  const choose = (next: number) => {
    if (next === output) return;
    page.chooseOptions('dependency', { output: next });
    page.announce(`${outputName(next)}, position ${frame.order[next]} in the order`);
  };
  const late = shown.output !== output;
  return (
    <FigureFrame
      page={page}
      topic="dependency"
      name="dependency"
      title={`What ${outputName(shown.output)} depends on`}
      reading={reading}
      note={[
        stepText(shown, model),
        ...maskTexts(shown),
        `position ${formatCount(shown.order[shown.output]!)} of ${formatCount(shown.dimension)} in the order`,
        `mean over ${plural(shown.dataRows, 'row')}`,
      ].join(' · ')}
      legend={dependencyLegend(shown, layout.form, theme)}
      toolsActOnTable
      tools={
        <>
          <OutputChooser output={output} order={frame.order} onChoose={choose} />
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own) => ({
        title: `What ${outputName(shown.output)} depends on, step ${formatCount(shown.step)}`,
        reading,
        drawing: dependencyDrawing(shown, layout, own),
        legend: dependencyLegend(shown, layout.form, own),
      })}
      table={() => dependencyTable(shown)}
      json={() => ({ ...shown, order: [...shown.order] })}
    >
      <Inputs page={page} shown={shown} layout={layout} drawing={drawing} output={output} onChoose={choose} />
      {late && <p class="note">{`Measuring ${outputName(output)} …`}</p>}
    </FigureFrame>
  );
}

/** Every input, the strongest first. */
function dependencyTable(shown: ShownDependency): Table {
  const rows = Array.from({ length: shown.dimension }, (_, input) => {
    const facts = factsOf(shown, input);
    const verdict = isLeaking(facts)
      ? 'leak'
      : isLost(facts)
        ? 'lost'
        : (facts.beyond ?? (facts.allowed ? 'allowed' : 'forbidden'));
    const path = facts.path === null ? null : facts.path ? 'yes' : 'no';
    const strength = Number.isFinite(facts.strength) ? facts.strength : null;
    return [inputName(input), shown.order[input]!, verdict, path, strength] as const;
  });
  rows.sort((a, b) => (b[4] ?? Infinity) - (a[4] ?? Infinity) || a[1] - b[1]);
  return {
    columns: ['input', 'position in the order', 'order', 'path', `mean |∂| of ${outputName(shown.output)}`],
    rows,
  };
}
