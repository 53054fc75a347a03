/** What tells one process from another. */
import { readFile } from 'node:fs/promises';

/**
 * When a process of this machine started, as a text that no other process with the same number has: the boot of the
 * machine, and clock ticks since then. Null where the system does not say (only Linux does), or for a process that is
 * not there.
 */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ]);
    // proc_pid_stat(5): the second field is the program's name in brackets, which may hold anything; starttime is the 22nd.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot.trim()}/${ticks}`;
  } catch {
    return null;
  }
}
