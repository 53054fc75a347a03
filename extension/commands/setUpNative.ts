/** Set Up Native TensorFlow: says what it will do, does it with progress, and says what came of it. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SetupResult } from '../../src/native/setup.ts';
import type { App } from '../app.ts';
import { engine } from '../engine.ts';
import { settingIds } from '../ids.ts';

type Variant = 'auto' | 'cpu';

export function setUpNative(app: App): Promise<void> {
  return setUp(app, 'auto');
}

async function setUp(app: App, variant: Variant): Promise<void> {
  const native = await engine.native();
  const machine = native.thisMachine();
  let cuda = false;
  try {
    const { plan } = await native.planSetup(variant, machine);
    cuda = plan.ways[0]?.variant === 'cuda';
    if (!(await agreed(plan.sentences, cuda))) return;
    const result = await withProgress((hooks) => runSetup(app, variant, hooks));
    await tellResult(app, result);
  } catch (error) {
    if (error instanceof native.SetupCancelled) {
      app.log.log('info', error.message);
      return;
    }
    if (!(error instanceof native.SetupError)) throw error;
    await tellFailure(app, `${error.message} ${error.remedy}`, cuda);
  }
}

async function agreed(sentences: readonly string[], cuda: boolean): Promise<boolean> {
  const begin = vscode.l10n.t('Set Up');
  const sizes = cuda
    ? vscode.l10n.t('Up to 4 GB are downloaded, and up to 9 GB of disk are needed on the way.')
    : vscode.l10n.t('Some 300 MB are downloaded, and 1.6 GB of disk are needed on the way.');
  const unless = vscode.l10n.t(
    'Less where a Python of yours has TensorFlow. Nothing outside this extension’s storage is changed.',
  );
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Set up native TensorFlow on this machine?'),
    { modal: true, detail: `${sentences.join('\n')}\n\n${sizes} ${unless}` },
    begin,
  );
  return answer === begin;
}

interface Hooks {
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly detail: (text: string) => void;
}

function withProgress<T>(body: (hooks: Hooks) => Promise<T>): Thenable<T> {
  const title = vscode.l10n.t('Native TensorFlow');
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    let step = '';
    return body({
      signal: stop.signal,
      say: (text) => progress.report({ message: (step = text) }),
      detail: (text) => progress.report({ message: `${step} (${text})` }),
    });
  });
}

async function runSetup(app: App, variant: Variant, hooks: Hooks): Promise<SetupResult> {
  const native = await engine.native();
  const setting = (id: string) => vscode.workspace.getConfiguration().get<string>(id, '').trim() || null;
  const say = (text: string) => {
    app.log.log('info', `native TensorFlow: ${text}`);
    hooks.say(text);
  };
  return native.setUpNative(
    {
      root: app.nativeRoot,
      variant,
      pythonPath: setting(settingIds.pythonPath),
      nodePath: setting(settingIds.nodePath),
      runtime: await app.runtimes.for('tensorflow'),
      sources: native.bindingSources(app.context.asAbsolutePath('dist')),
    },
    native.thisMachine(),
    { ...hooks, say },
  );
}

async function tellResult(app: App, { installation, gpu, complaint }: SetupResult): Promise<void> {
  const where = gpu ? vscode.l10n.t('on the graphics card') : vscode.l10n.t('on the processor');
  const why = complaint === null ? '' : ` ${vscode.l10n.t('The card is not used: {0}', complaint)}`;
  const show = vscode.l10n.t('Show Backends');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('TensorFlow {0} is set up and computes {1}. The next run can use it.', installation.version, where) +
      why,
    show,
  );
  if (answer === show) await app.backends.show();
}

async function tellFailure(app: App, text: string, cuda: boolean): Promise<void> {
  app.log.log('error', text);
  const log = vscode.l10n.t('Open Log');
  const processor = vscode.l10n.t('Set Up for the Processor');
  // Where the card was the aim, the processor may still do.
  const others = cuda ? [log, processor] : [log];
  const answer = await vscode.window.showErrorMessage(`Likelihood Lens: ${text}`, ...others);
  if (answer === log) await vscode.window.showTextDocument(vscode.Uri.file(join(app.nativeRoot, 'setup.log')));
  if (answer === processor) await setUp(app, 'cpu');
}
