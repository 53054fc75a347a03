/** Opens a window of VS Code and looks whether the extension is in it: `npm start -- --check` runs this. */
import { launchChromium } from './chromium.ts';
import { waitForWorkbench } from './editor.ts';

const [url] = process.argv.slice(2);
if (url === undefined) throw new Error('which address?');
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(url);
  await waitForWorkbench(page);
  await page.locator('.activitybar [aria-label*="Likelihood Lens"]').first().waitFor({ timeout: 60_000 });
  await page.getByText('Your first MADE in a minute').first().waitFor({ timeout: 60_000 });
} finally {
  await browser.close();
}
