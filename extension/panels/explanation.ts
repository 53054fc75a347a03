/** "Why does this matter?" as a page of text beside the editor. */
import * as vscode from 'vscode';
import { engine } from '../engine.ts';

const SCHEME = 'likelihood-lens';

class Explanations implements vscode.TextDocumentContentProvider {
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { explanations, isTopic } = await engine.explanations();
    const topic = uri.query;
    if (!isTopic(topic)) return '';
    const { title, paragraphs } = explanations[topic];
    return `# ${title}\n\n${paragraphs.join('\n\n')}\n`;
  }
}

export function registerExplanations(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, new Explanations());
}

/** Shows the explanation of a diagnostic or a view. @throws Error for an unknown topic. */
export async function showExplanation(topic: string): Promise<void> {
  const { explanations, isTopic } = await engine.explanations();
  if (!isTopic(topic)) throw new Error(vscode.l10n.t('There is no explanation of “{0}”.', topic));
  // The editor names the page by its path: like the view, and not by its identifier.
  const name = explanations[topic].title.replaceAll('/', '∕');
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.md`, query: topic });
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    // The Markdown extension may be switched off; the text reads well without it.
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}
