/** "Why does this matter?" opens a page that is named like the view. */
import { describe, expect, it, vi } from 'vitest';

interface Provider {
  provideTextDocumentContent(uri: { readonly query: string }): Promise<string>;
}
const editor = vi.hoisted((): { opened: { path: string; query: string }[]; provider: unknown } => ({
  opened: [],
  provider: null,
}));
vi.mock('vscode', () => ({
  l10n: { t: (text: string) => text },
  Uri: { from: (parts: unknown) => parts },
  commands: { executeCommand: (_: string, uri: { path: string; query: string }) => editor.opened.push(uri) },
  workspace: {
    registerTextDocumentContentProvider: (_: string, provider: unknown) => {
      editor.provider = provider;
    },
  },
}));
vi.mock('../../../extension/engine.ts', async () => {
  const { explanations, isTopic } = await import('../../../src/protocol/explanations.ts');
  return { engine: { explanations: () => Promise.resolve({ explanations, isTopic }) } };
});
const { registerExplanations, showExplanation } = await import('../../../extension/panels/explanation.ts');
const { views } = await import('../../../src/inspection/views.ts');

describe('an explanation', () => {
  it('is named like its view, and has the text of its topic', async () => {
    registerExplanations();
    for (const topic of ['flowJacobian', 'equivalence'] as const) {
      await showExplanation(topic);
      const uri = editor.opened.at(-1)!;
      expect(uri.path).toBe(`/${views[topic].topic.title}.md`);
      const text = await (editor.provider as Provider).provideTextDocumentContent(uri);
      expect(text).toContain(views[topic].topic.paragraphs[0]!);
    }
  });

  it('is refused where there is none', async () => {
    await expect(showExplanation('nonsense')).rejects.toThrow('There is no explanation');
  });
});
