/**
 * What the set-up asks of the machine: programs, downloads, room on the disk. One object, so that tests can play every
 * machine there is.
 */
import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { download, type DownloadOptions } from './download.ts';
import { runProgram, type RunOptions, type RunResult } from './run.ts';

export interface Machine {
  readonly platform: NodeJS.Platform;
  /** As `process.arch` has it. */
  readonly arch: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs a program to its end, whatever the end. @throws SetupCancelled when `signal` says so. */
  run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult>;
  /** Fetches a file. @throws DownloadError, SetupCancelled */
  download(url: string, file: string, options: DownloadOptions): Promise<void>;
  /** Room on the disk that holds a folder, in bytes. */
  freeBytes(folder: string): Promise<number>;
  /** The first program of that name on PATH. */
  onPath(name: string): string | null;
}

export function thisMachine(): Machine {
  const { platform, arch, env } = process;
  return {
    platform,
    arch,
    env,
    run: runProgram,
    download,
    freeBytes: async (folder) => {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
    onPath: (name) => findOnPath(name, env, platform),
  };
}

/** The first executable file of that name in the folders of PATH. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string | null {
  const windows = platform === 'win32';
  const endings = windows ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const file = join(folder, name + ending);
      try {
        accessSync(file, windows ? constants.F_OK : constants.X_OK);
        return file;
      } catch {
        // Not there: the next one.
      }
    }
  }
  return null;
}
