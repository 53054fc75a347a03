import { describe, expect, it } from 'vitest';
import { exportName } from '../../../extension/panels/exportName.ts';
import { contentSecurityPolicy, newNonce, pageHtml } from '../../../extension/panels/html.ts';
import { parseSampleField, sampleLimits, type SampleFieldId } from '../../../src/protocol/sampleLimits.ts';
import { webviewRequestSpecs } from '../../../src/protocol/webview.ts';

describe('the page', () => {
  const sources = {
    cspSource: 'https://*.vscode-cdn.net',
    script: 'https://x/inspector.js?a=1&b=2',
    style: 'https://x/inspector.css',
    title: 'Inspect "<b>"',
    nonce: 'N0nce-_',
  };

  it('may load its own script, styles and fonts, and nothing else', () => {
    expect(contentSecurityPolicy(sources)).toBe(
      "default-src 'none'; img-src https://*.vscode-cdn.net data: blob:; style-src https://*.vscode-cdn.net; " +
        "font-src https://*.vscode-cdn.net; script-src 'nonce-N0nce-_'; worker-src blob:",
    );
  });

  it('carries the policy, the nonce and escaped names', () => {
    const html = pageHtml(sources);
    expect(html).toContain("content=\"default-src 'none'; img-src");
    expect(html).toContain('<script nonce="N0nce-_" src="https://x/inspector.js?a=1&amp;b=2"></script>');
    expect(html).toContain('<title>Inspect &quot;&lt;b&gt;&quot;</title>');
    expect(html).not.toMatch(/\s(style|on[a-z]+)=/);
  });

  it('has a nonce of its own each time', () => {
    const nonces = new Set(Array.from({ length: 50 }, newNonce));
    expect(nonces.size).toBe(50);
    for (const nonce of nonces) expect(nonce).toMatch(/^[\w-]{24}$/);
  });
});

describe('names of exports', () => {
  it.each([
    ['learning curves', 'svg', 'learning curves.svg'],
    ['curves.csv', 'csv', 'curves.csv'],
    ['../../etc/passwd', 'json', 'etc-passwd.json'],
    ['a:b*c?', 'png', 'a-b-c.png'],
    ['..', 'svg', 'export.svg'],
  ])('%s as %s', (name, format, wanted) => {
    expect(exportName(name, format)).toBe(wanted);
  });
});

describe('what is typed for sampling', () => {
  it.each([
    ['rows', '100', 100],
    ['rows', '0', null],
    ['rows', '1.5', null],
    ['rows', '10001', null],
    ['rows', '', null],
    ['rows', 'ten', null],
    ['seed', '0', 0],
    ['seed', '2147483648', null],
    ['temperature', '0.8', 0.8],
    ['temperature', '0', null],
    ['temperature', 'NaN', null],
  ] as const)('%s %j', (id, text, wanted) => {
    expect(parseSampleField(id, text)).toBe(wanted);
  });

  it('is within the limits of the protocol at both ends', () => {
    const ids = Object.keys(sampleLimits) as SampleFieldId[];
    const ends = (which: 'min' | 'max') => Object.fromEntries(ids.map((id) => [id, sampleLimits[id][which]]));
    expect(webviewRequestSpecs.sample.parse(ends('min'))).toEqual(ends('min'));
    expect(webviewRequestSpecs.sample.parse(ends('max'))).toEqual(ends('max'));
  });
});
