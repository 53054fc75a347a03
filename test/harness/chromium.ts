/** Chromium as the tests drive it: the system's own, without a sandbox (containers), a GPU, or a word to the network. */
import { chromium, type Browser } from 'playwright-core';
import { findChromium } from './systemPackages.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A page that is measured must not be slowed because no window shows it.
  '--disable-renderer-backgrounding',
  '--disable-background-timer-throttling',
];

/** @throws Error when no Chromium is on PATH (`npm test` installs one). */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium on PATH: apt-get install chromium, or name one in $LENS_CHROMIUM.');
  }
  return chromium.launch({ executablePath, args: FLAGS });
}
