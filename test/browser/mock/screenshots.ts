/**
 * Pictures of the inspector in every state and theme, to be looked at:
 * `node --import ./test/harness/typescript.mjs test/browser/mock/screenshots.ts [folder] [part of a name …]`
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { launchChromium } from '../../harness/chromium.ts';
import { openInspector } from './inspector.ts';
import { viewIds, type ViewId } from '../../../src/inspection/views.ts';
import { scenarioNames, themeNames, type ScenarioName, type ThemeName } from './names.ts';

const [folder = 'artifacts/inspector', ...parts] = process.argv.slice(2);

interface Shot {
  readonly scenario: ScenarioName;
  readonly theme: ThemeName;
  readonly width: number;
  readonly tab: ViewId;
}

const shots: Shot[] = [
  ...themeNames.flatMap((theme) => viewIds.map((tab): Shot => ({ scenario: 'small', theme, width: 1300, tab }))),
  ...viewIds.flatMap((tab) => [500, 800].map((width): Shot => ({ scenario: 'small', theme: 'light', width, tab }))),
  ...viewIds.map((tab): Shot => ({ scenario: 'digits', theme: 'dark', width: 1000, tab })),
  ...(['leaky', 'leakyDigits', 'table', 'several', 'conditioned', 'conditionedDigits'] as const).flatMap((scenario) =>
    (['connectivity', 'masks', 'dependency'] as const).map((tab): Shot => ({
      scenario,
      theme: 'light',
      width: 1000,
      tab,
    })),
  ),
  ...themeNames.flatMap((theme) =>
    [500, 1200].flatMap((width): Shot[] => [
      { scenario: 'nice', theme, width, tab: 'spectrum' },
      { scenario: 'maf', theme, width, tab: 'equivalence' },
      { scenario: 'maf', theme, width, tab: 'samples' },
    ]),
  ),
  ...themeNames.flatMap((theme) =>
    (['manifold', 'traversals', 'posteriors', 'latentUnits', 'reconstructions'] as const).flatMap((tab): Shot[] => [
      { scenario: 'vae', theme, width: 1000, tab },
      { scenario: 'vaeOfMany', theme, width: 500, tab },
    ]),
  ),
  ...scenarioNames.map((scenario): Shot => ({ scenario, theme: 'dark', width: 800, tab: 'curves' })),
];

await mkdir(folder, { recursive: true });
const browser = await launchChromium();
try {
  for (const { scenario, theme, width, tab } of shots) {
    const name = `${scenario}-${tab}-${theme}-${width}.png`;
    if (parts.length > 0 && !parts.some((part) => name.includes(part))) continue;
    const { page, errors, close } = await openInspector(browser, { scenario, theme, width, height: 900 });
    if (scenario !== 'empty') {
      const own = page.locator(`#tab-${tab}`);
      // Not every run has every view.
      if ((await own.count()) === 0) {
        await close();
        continue;
      }
      await own.click();
      await page.locator('.figure, .placeholder, .waiting').first().waitFor();
    }
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(folder, name), fullPage: true });
    process.stdout.write(`${name}${errors.length > 0 ? `\n  ${errors.join('\n  ')}` : ''}\n`);
    await close();
  }
} finally {
  await browser.close();
}
