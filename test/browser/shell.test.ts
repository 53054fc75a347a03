/** The inspector's page in Chromium, under its real content policy, against the mock host. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../harness/chromium.ts';
import type { InspectorOptions } from './mock/inspector.ts';
import { themeNames } from './mock/names.ts';
import { asked, button, openPage, tab } from './opened.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const open = (options: InspectorOptions = {}) => openPage(browser, options);
const state = (page: Page) => page.locator('.state');

describe('the run', () => {
  it('is paused, stepped, resumed and stopped by its buttons, which follow its state', async () => {
    const inspector = await open();
    const { page } = inspector;
    await expect.poll(() => state(page).innerText()).toContain('Training');
    await expect.poll(() => button(page, 'Step batch').isDisabled()).toBe(true);
    await button(page, 'Pause').click();
    await expect.poll(() => state(page).innerText()).toContain('Paused');
    await expect.poll(() => page.locator('.notice').innerText()).toContain('Paused at step 1,234');
    await button(page, 'Step batch').click();
    await expect.poll(() => page.locator('.notice').innerText()).toContain('Paused at step 1,235');
    await button(page, 'Step epoch').click();
    await button(page, 'Resume').click();
    await expect.poll(() => state(page).innerText()).toContain('Training');
    await button(page, 'Stop').click();
    await expect.poll(() => state(page).innerText()).toContain('Stopped');
    await button(page, 'Continue').click();
    await expect.poll(() => state(page).innerText()).toContain('Training');
    await expect
      .poll(() => asked(inspector, 'action'))
      .toEqual(['pause', 'stepBatch', 'stepEpoch', 'resume', 'stop', 'continue'].map((action) => ({ action })));
  });

  it('keeps the focus on the button that changes its meaning, by the keyboard alone', async () => {
    const { page } = await open();
    await button(page, 'Pause').focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => state(page).innerText()).toContain('Paused');
    await expect.poll(() => button(page, 'Resume').evaluate((b) => b.matches(':focus'))).toBe(true);
    await page.keyboard.press('Space');
    await expect.poll(() => state(page).innerText()).toContain('Training');
  });

  it('says why an action failed, until that is dismissed', async () => {
    const { page, mock } = await open();
    await mock((host) => host.failWith('the worker is busy'));
    await button(page, 'Pause').click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    await expect.poll(() => alert.innerText()).toContain('Could not pause: the worker is busy');
    await button(page, 'Dismiss').click();
    await alert.waitFor({ state: 'detached' });
  });

  it('shows how far it is, in the unit asked for, as it trains', async () => {
    const { page, mock } = await open();
    const facts = page.locator('.facts');
    const text = () => facts.innerText().then((inner) => inner.replace(/\s+/g, ' '));
    await expect.poll(() => text()).toContain('Epoch 12.3 of 30');
    await expect.poll(() => page.locator('.minor-facts').innerText()).toMatch(/Order\s+natural/);
    await expect.poll(() => text()).toMatch(/Train NLL 6\.\d\d nats/);
    await mock((host) => host.train(66));
    await expect.poll(text).toContain('Epoch 13 of 30');
    await button(page, 'bits/dim').click();
    await expect.poll(text).toMatch(/Train NLL 0\.5\d\d\d bits\/dim/);
  });

  it.each([
    ['empty', 'No run yet', 'This experiment has not been run yet'],
    ['preparing', 'Preparing', 'The curves begin with the first batch.'],
    ['finished', 'Finished', 'Test NLL 6.22 nats'],
    ['stopped', 'Stopped', 'Stopped by hand.'],
    ['failed', 'Failed', 'The learning rate of 10 is the likely cause.'],
    ['interrupted', 'Interrupted', 'Interrupted at step 1,234'],
    ['lost', 'Interrupted', 'SIGKILL three times'],
    ['restarting', 'Restarting', 'restarting from the last checkpoint (1 of 3)'],
    ['elsewhere', 'Trained by another process', 'Process 4711 trains this run'],
  ] as const)('in the state %s says so and what to do', async (scenario, word, text) => {
    const { page } = await open({ scenario });
    await expect.poll(() => state(page).innerText()).toContain(word);
    await expect.poll(() => page.locator('main').innerText()).toContain(text);
  });

  it('that another process trains is neither dead nor ours to control', async () => {
    const { page } = await open({ scenario: 'elsewhere' });
    await expect.poll(() => page.locator('main').innerText()).not.toMatch(/gone|lost|Interrupted/i);
    await expect.poll(() => button(page, 'Continue').count()).toBe(0);
    for (const name of ['Train', 'Pause', 'Step batch', 'Step epoch', 'Stop']) {
      await expect.poll(() => button(page, name).isDisabled(), { message: name }).toBe(true);
    }
    await expect.poll(() => button(page, 'Sample …').isEnabled()).toBe(true);
  });

  it('with several masks names the one in use and its order on every tab while it trains', async () => {
    const { page, mock } = await open({ scenario: 'several' });
    const facts = () =>
      page
        .locator('.minor-facts')
        .innerText()
        .then((inner) => inner.replace(/\s+/g, ' '));
    // Minibatch 1,234 used mask 1,234 mod 8 = 2, the third.
    for (const name of ['Curves', 'Connectivity', 'Masks', 'Samples']) {
      await tab(page, name).click();
      await expect.poll(facts).toMatch(/Mask 3 of 8 Order x[₀-₉]+, /);
    }
    const before = await facts();
    await mock((host) => host.train(1));
    await expect.poll(facts).toContain('Mask 4 of 8');
    await expect.poll(async () => (await facts()).replace('Mask 4', 'Mask 3')).not.toBe(before);
    await mock((host) => host.become('finished'));
    await expect.poll(facts).toMatch(/Masks 8 (?!.*Order)/);
  });

  it('moves on to another run when the host says so', async () => {
    const { page, mock } = await open({ scenario: 'empty' });
    await mock((host) => host.reset('digits'));
    await expect.poll(() => page.locator('h1').innerText()).toBe('digits-made');
    await page.locator('svg.curves').waitFor();
  });
});

describe('pulling', () => {
  it('asks for no frames that cannot be seen, and for those that can', async () => {
    const inspector = await open({ scenario: 'finished' });
    const { page } = inspector;
    const kinds = async () => {
      const pulls = (await asked(inspector, 'pull')) as { frames: { kind: string }[] }[];
      return [...new Set(pulls.flatMap(({ frames }) => frames.map(({ kind }) => kind)))].sort();
    };
    await expect.poll(async () => (await asked(inspector, 'pull')).length).toBeGreaterThan(0);
    await expect.poll(() => kinds()).toEqual([]);
    await tab(page, 'Masks').click();
    await page.locator('.figure canvas').first().waitFor();
    await expect.poll(() => kinds()).toEqual(['connectivity', 'jacobian']);
  });

  it('is quiet while nothing happens', async () => {
    const inspector = await open({ scenario: 'finished' });
    await expect.poll(async () => (await asked(inspector, 'pull')).length).toBeGreaterThan(0);
    const before = (await asked(inspector, 'pull')).length;
    await inspector.page.waitForTimeout(1500);
    await expect.poll(async () => (await asked(inspector, 'pull')).length - before).toBeLessThanOrEqual(2);
  });

  it('asks for nothing while the page is hidden, and goes on after that', async () => {
    const inspector = await open();
    const { page, mock } = inspector;
    const hide = (hidden: boolean) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { value: value ? 'hidden' : 'visible', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, hidden);
    await expect.poll(async () => (await asked(inspector, 'pull')).length).toBeGreaterThan(0);
    await hide(true);
    // The answer to the pull under way is still taken; nothing follows it.
    await mock((host) => host.train(1));
    await page.waitForTimeout(300);
    const before = (await asked(inspector, 'pull')).length;
    for (let i = 0; i < 5; i++) await mock((host) => host.train(1));
    await page.waitForTimeout(300);
    await expect.poll(async () => (await asked(inspector, 'pull')).length).toBe(before);
    await hide(false);
    await expect.poll(async () => (await asked(inspector, 'pull')).length).toBeGreaterThan(before);
  });

  it('says when the host does not answer, and takes that back', async () => {
    const { page, mock } = await open();
    await mock((host) => host.breakPulls('the extension host was restarted'));
    await expect.poll(() => page.locator('main').innerText()).toContain('No answer from the extension');
    await mock((host) => host.breakPulls(null));
    await expect.poll(() => page.locator('main').innerText()).not.toContain('No answer');
  });
});

describe('findings', () => {
  it('come gravest first, open to their evidence, and lead to the view that shows them', async () => {
    const inspector = await open({ scenario: 'leaky' });
    const { page } = inspector;
    const summary = page.locator('.finding-list > summary');
    await expect
      .poll(async () => (await summary.innerText()).replace(/\s+/g, ' '))
      .toContain('3 findings: 1 error, 1 warning, 1 note');
    await summary.focus();
    await page.keyboard.press('Enter');
    const findings = page.locator('.finding');
    await expect.poll(() => findings.locator('.severity').allInnerTexts()).toEqual(['Error', 'Warning', 'Note']);
    await findings.first().locator('summary').click();
    await expect.poll(() => findings.first().locator('dl').innerText()).toContain('Σ p(x) over all 65,536 rows');
    await findings.first().getByText('Why does this matter?').click();
    await expect.poll(() => asked(inspector, 'explain')).toEqual([{ topic: 'future-leak' }]);
    await findings.first().getByText('Show the masks').click();
    await expect.poll(() => tab(page, 'Masks').getAttribute('aria-selected')).toBe('true');
  });

  it('are said to be none once all checks have run, and not before', async () => {
    const { page, mock } = await open();
    await expect
      .poll(() => page.locator('.findings').innerText())
      .toMatch(/^No findings so far\.\s+Not checked in full yet/);
    await mock((host) => host.become('finished'));
    await expect
      .poll(() => page.locator('.findings').innerText())
      .toMatch(/^No findings\.\s+7 checks passed, 1 does not apply\.$/);
  });

  it('come and go without moving what stands below', async () => {
    const { page, mock } = await open({ width: 620 });
    const top = async () => (await page.locator('.panel').boundingBox())!.y;
    const findings = page.locator('.findings');
    const without = await top();
    for (const count of [1, 2, 3, 0]) {
      await mock((host, many) => host.find(many), count);
      await expect.poll(() => findings.locator('.finding').count()).toBe(count);
      await expect.poll(() => top()).toBe(without);
    }
  });
});

describe('after a reload', () => {
  it('tab, choices, scrolling and unit are as they were', async () => {
    const { page } = await open({ height: 500 });
    await button(page, 'Step').click();
    await button(page, 'bits/dim').click();
    await tab(page, 'Samples').click();
    await button(page, 'Conditional means').click();
    await page.locator('.sample-grid').waitFor();
    await page.mouse.wheel(0, 240);
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(240);
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator('.sample-grid').waitFor();
    await expect.poll(() => button(page, 'Conditional means').getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(240);
    await tab(page, 'Curves').click();
    await expect.poll(() => button(page, 'Step').getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => page.locator('.facts').innerText()).toContain('bits/dim');
  });
});

describe('tabs', () => {
  it('stay in sight when the page is scrolled', async () => {
    const { page } = await open({ height: 500 });
    await tab(page, 'Samples').click();
    await page.locator('.sample-grid').waitFor();
    await page.evaluate(() => window.scrollTo({ top: 400 }));
    await expect.poll(() => tab(page, 'Samples').evaluate((one) => one.getBoundingClientRect().top)).toBeLessThan(12);
    await tab(page, 'Curves').click();
    await page.locator('svg.curves').waitFor();
  });

  it('are gone through by the arrow keys', async () => {
    const { page } = await open();
    await tab(page, 'Curves').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => tab(page, 'Connectivity').getAttribute('aria-selected')).toBe('true');
    await expect.poll(() => page.locator('.figure h2').innerText()).toContain('Connectivity');
  });

  it('follow what the host reveals', async () => {
    const { page, mock } = await open();
    await mock((host) => host.reveal('samples', { kind: 'unit', layer: 0, unit: 2 }));
    await expect.poll(() => tab(page, 'Samples').getAttribute('aria-selected')).toBe('true');
    await expect.poll(() => page.locator('.readout').innerText()).toContain('x₃ is pinned');
  });
});

describe('the page', () => {
  it.each([500, 800, 1300])('is no wider than its panel at %i px', async (width) => {
    const { page } = await open({ width, scenario: 'leaky' });
    for (const name of ['Curves', 'Connectivity', 'Masks', 'Samples']) {
      await tab(page, name).click();
      await page.locator('.figure').first().waitFor();
      await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  it('takes over a new theme at once, canvases included', async () => {
    const { page, mock } = await open({ theme: 'dark' });
    const tick = page.locator('svg.curves text').first();
    const before = await tick.evaluate((text) => getComputedStyle(text).fill);
    await mock((host) => host.theme('light'));
    await expect.poll(() => tick.evaluate((text) => getComputedStyle(text).fill)).not.toBe(before);
  });

  interface Violations {
    readonly violations: readonly {
      readonly id: string;
      readonly impact: string | null;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  }
  const serious = async (page: Page) => {
    // Evaluated as the tests' own code, which the page's content policy does not hold back.
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<Violations>('axe.run(document, { resultTypes: ["violations"] })');
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  };

  it.each(themeNames)('has nothing seriously in the way of anybody, in the theme %s', async (theme) => {
    const { page } = await open({ theme, scenario: 'leaky', width: 900 });
    await button(page, 'Sample …').click();
    await page.locator('.finding-list > summary').click();
    await page.locator('.finding summary').first().click();
    for (const name of ['Curves', 'Samples']) {
      await tab(page, name).click();
      await page.locator('.figure').waitFor();
      await expect.poll(() => serious(page)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Show as table' }).click();
    await expect.poll(() => serious(page)).toEqual([]);
  });

  it.each(['empty', 'preparing', 'paused', 'failed', 'table'] as const)('nor in the state %s', async (scenario) => {
    const { page } = await open({ scenario, theme: 'light' });
    await expect.poll(() => serious(page)).toEqual([]);
  });
});
