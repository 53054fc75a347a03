/** The command line, `lens`. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
import { Command, CommanderError } from 'commander';
import { RemoteError } from '../protocol/rpc.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { devicesCommand } from './commands/devices.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { inspectCommand } from './commands/inspect.ts';
import { sampleCommand } from './commands/sample.ts';
import { setupNativeCommand } from './commands/setupNative.ts';
import { trainCommand } from './commands/train.ts';
import { CliError, say } from './output.ts';

/** What a user can mend; everything else is shown with its trace. */
const EXPECTED = new Set([
  'CliError',
  'SpecError',
  'DataError',
  'RunError',
  'BackendError',
  'RangeError',
  'RequestError',
]);

export function lens(): Command {
  const program = new Command('lens')
    .description('Likelihood Lens: train, sample and look inside models with a likelihood.')
    .showHelpAfterError('(lens <command> --help says more)')
    .addHelpText(
      'after',
      `
Examples:
  lens train digits-made.lens.json
  lens evaluate runs/digits-made/<time> --data more.npz#test
  lens sample runs/digits-made/<time> --count 64 --out digits.png
  lens inspect runs/digits-made/<time> --view masks --svg masks.svg
  lens compare runs/digits-made/<time> runs/digits-nade/<time>`,
    );
  for (const command of [
    trainCommand(),
    evaluateCommand(),
    sampleCommand(),
    inspectCommand(),
    compareCommand(),
    checkCommand(),
    devicesCommand(),
    setupNativeCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  exitOverrideAll(program);
  return program;
}

/** Runs one command line; answers with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await lens().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    say(`lens: ${messageOf(error)}`);
    if (error instanceof CliError && error.hint !== null) say(error.hint);
    return 1;
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const name = error instanceof RemoteError ? error.remoteName : error.name;
  const isSystem = 'code' in error && 'syscall' in error;
  return EXPECTED.has(name) || isSystem ? error.message : (error.stack ?? error.message);
}

function exitOverrideAll(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) exitOverrideAll(child);
}
