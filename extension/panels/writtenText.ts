/** Text that a model writes, in an editor of its own that cannot be typed into: it grows while the text comes. */
import * as vscode from 'vscode';

const SCHEME = 'likelihood-lens-text';

/** Texts of open editors, by their addresses. */
class WrittenTexts implements vscode.TextDocumentContentProvider {
  readonly texts = new Map<string, string>();
  readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }
}

const written = new WrittenTexts();
let count = 0;

export function registerWrittenTexts(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, written),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) written.texts.delete(uri.toString());
    }),
    written.changed,
  );
}

/** A text in its editor. */
export interface ShownText {
  /** Puts the whole text there; the end stays in sight where it was. */
  readonly set: (text: string) => void;
}

/** Opens an editor for a text. @param name of the experiment it is a sample of */
export async function showWrittenText(name: string, text: string): Promise<ShownText> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '∕')} ${++count}.txt` });
  const key = uri.toString();
  written.texts.set(key, text);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  return {
    set(next) {
      // Its editor may have been closed meanwhile.
      if (!written.texts.has(key) || written.texts.get(key) === next) return;
      const following = editorsOf(key).filter(endsInSight);
      written.texts.set(key, next);
      const listener = vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
        if (changed.uri.toString() !== key) return;
        listener.dispose();
        for (const editor of following) editor.revealRange(endOf(editor));
      });
      written.changed.fire(uri);
    },
  };
}

const editorsOf = (key: string) =>
  vscode.window.visibleTextEditors.filter(({ document }) => document.uri.toString() === key);

function endOf({ document }: vscode.TextEditor): vscode.Range {
  const { end } = document.lineAt(document.lineCount - 1).range;
  return new vscode.Range(end, end);
}

const endsInSight = (editor: vscode.TextEditor) =>
  editor.visibleRanges.some((range) => range.end.line >= editor.document.lineCount - 1);
