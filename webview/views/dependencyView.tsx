/** Dependency map: one output chosen by hand, and what it depends on, by the masks and by the weights. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { dependencyDrawing, dependencyLegend } from '../../src/figures/dependency.tsx';
import { type ChannelView, dependencyLayout } from '../../src/figures/dependencyLayout.ts';
import {
  dependencyReading,
  factsOf,
  fromJacobian,
  isLeaking,
  isLost,
  outputWords,
  type ShownDependency,
} from '../../src/figures/dependencyWords.ts';
import { channelLetter, channelsOf, placeWords } from '../../src/figures/imageWords.ts';
import { formatCount, inputName, outputName, plural } from '../../src/figures/text.ts';
import type { DependencyFrame } from '../../src/inspection/frames.ts';
import { Segments } from '../controls.tsx';
import { FigureFrame } from '../figureFrame.tsx';
import { maskTexts, stepText } from '../words.ts';
import { ChannelSection } from './channelSection.tsx';
import { Inputs } from './dependencyInputs.tsx';
import { MaskChooser } from './maskChooser.tsx';
import { OutputChooser } from './outputChooser.tsx';
import type { Table, ViewProps } from './view.ts';
import { Waiting } from './waiting.tsx';
import './graph.css';

export function DependencyView(page: ViewProps): VNode {
  const frame = page.model.frames.dependency;
  if (!frame) return <Waiting page={page} kind="dependency" what="dependency map" />;
  return (
    <>
      <Map page={page} frame={frame} />
      {frame.channels && <ChannelSection page={page} frame={frame} matrix={frame.channels} />}
    </>
  );
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
  const channels = frame.image ? channelsOf(frame.image) : 1;
  const [wish, setChannels] = page.saved<ChannelView>('channels', 'each');
  const inEach = channels > 1 && wish === 'each';
  const room = Math.max(LOWEST, Math.min(TALLEST, page.height - (channels > 1 ? 420 : 230)));
  // Which colour of a pixel is felt most changes with the measurement; nothing else moves.
  const layout = useMemo(
    () => dependencyLayout(shown, { width: page.width, height: room }, wish),
    [...(channels === 1 || inEach ? [shown.order, shown.image, shown.dimension] : [shown]), page.width, room, wish],
  );
  const drawing = useMemo(() => dependencyDrawing(shown, layout, theme), [shown, layout, theme]);
  const reading = useMemo(() => dependencyReading(shown), [shown]);
  const choose = (next: number) => {
    if (next === output) return;
    page.chooseOptions('dependency', { output: next });
    page.announce(`${outputWords(frame, next)}, position ${frame.order[next]} in the order`);
  };
  const late = shown.output !== output;
  return (
    <FigureFrame
      page={page}
      topic="dependency"
      name="dependency"
      title={`What ${outputWords(shown, shown.output)} depends on`}
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
          {channels > 1 && (
            <>
              <Segments
                label="Output colour"
                value={String(output % channels)}
                options={Array.from({ length: channels }, (_, c) => ({
                  value: String(c),
                  label: channelLetter(c, channels),
                }))}
                onChange={(c) => choose(output - (output % channels) + Number(c))}
              />
              <Segments
                label="Inputs"
                value={wish}
                options={[
                  { value: 'each', label: 'Each colour' },
                  { value: 'strongest', label: 'Strongest of a pixel' },
                ]}
                onChange={setChannels}
              />
            </>
          )}
          <MaskChooser page={page} frame={frame} />
        </>
      }
      figure={(own) => ({
        title: `What ${outputWords(shown, shown.output)} depends on, step ${formatCount(shown.step)}`,
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
    const { image } = shown;
    const name = image?.length === 3 ? `${inputName(input)}, ${placeWords(image, input)}` : inputName(input);
    return [name, shown.order[input]!, verdict, path, strength] as const;
  });
  rows.sort((a, b) => (b[4] ?? Infinity) - (a[4] ?? Infinity) || a[1] - b[1]);
  return {
    columns: ['input', 'position in the order', 'order', 'path', `mean |∂| of ${outputName(shown.output)}`],
    rows,
  };
}
