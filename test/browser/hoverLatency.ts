/**
 * How long the network takes to answer a pointer that moves, printed:
 * `node --import ./test/harness/typescript.mjs test/browser/hoverLatency.ts [moves]`
 *
 * Each move is sent at the start of a frame; the time runs until the task after that frame's painting, so it holds the
 * handler, the drawing of the highlight, style, layout and paint, but not the wait for the screen's next refresh.
 */
import type { Page } from 'playwright-core';
import { launchChromium } from '../harness/chromium.ts';
import { openInspector, type InspectorOptions } from './mock/inspector.ts';

export interface Latency {
  readonly moves: number;
  /** ms */
  readonly p50: number;
  readonly p95: number;
  readonly worst: number;
}

/** Moves the pointer over the element in a spiral that meets all its parts. */
export async function measureHover(page: Page, selector: string, moves: number): Promise<Latency> {
  const times = await page.evaluate(
    async ([where, count]) => {
      const element = document.querySelector(where)!;
      const painted = () =>
        new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(null);
        });
      const took: number[] = [];
      for (let i = 0; i < count; i++) {
        await new Promise<void>((resolve) => {
          requestAnimationFrame(() => {
            const { left, top, width, height } = element.getBoundingClientRect();
            const angle = i * 2.399963;
            const radius = Math.sqrt((i + 0.5) / count) / 2;
            const start = performance.now();
            element.dispatchEvent(
              new PointerEvent('pointermove', {
                bubbles: true,
                clientX: left + width * (0.5 + radius * Math.cos(angle)),
                clientY: top + height * (0.5 + radius * Math.sin(angle)),
              }),
            );
            void painted().then(() => {
              took.push(performance.now() - start);
              resolve();
            });
          });
        });
      }
      return took;
    },
    [selector, moves] as const,
  );
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { moves, p50: at(0.5), p95: at(0.95), worst: at(1) };
}

const cases: readonly {
  readonly name: string;
  readonly tab: string;
  readonly selector: string;
  readonly options: InspectorOptions;
}[] = [
  { name: '16-64-64-16, nodes and links', tab: 'connectivity', selector: '.graph', options: { scenario: 'small' } },
  { name: '784-500-500-784, quilt', tab: 'connectivity', selector: '.graph', options: { scenario: 'digits' } },
  { name: '784-500-500-784, masks', tab: 'masks', selector: '.matrix', options: { scenario: 'digits' } },
  {
    name: '784-500-500-784 with masks that leak, quilt',
    tab: 'connectivity',
    selector: '.graph',
    options: { scenario: 'leakyDigits' },
  },
  {
    name: '784-500-500-784 with masks that leak, masks',
    tab: 'masks',
    selector: '.matrix',
    options: { scenario: 'leakyDigits' },
  },
];

async function main(moves: number): Promise<void> {
  const browser = await launchChromium();
  try {
    for (const { name, tab, selector, options } of cases) {
      const { page, close } = await openInspector(browser, { ...options, width: 1000, height: 900 });
      await page.locator(`#tab-${tab}`).click();
      await page.locator(selector).first().waitFor();
      await page.waitForTimeout(1000);
      await measureHover(page, selector, 20);
      const { p50, p95, worst } = await measureHover(page, selector, moves);
      const ms = (value: number) => `${value.toFixed(1)} ms`;
      process.stdout.write(`${name}: p50 ${ms(p50)}, p95 ${ms(p95)}, worst ${ms(worst)} of ${moves} moves\n`);
      await close();
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.filename === process.argv[1]) await main(Number(process.argv[2] ?? 300));
