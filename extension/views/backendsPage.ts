/** What this machine can compute on, as a page of Markdown. No editor in here. */
import type { NativeInstallation } from '../../src/native/current.ts';
import type { DeviceReport } from '../../src/protocol/worker.ts';
import { memoryText, stateText, timingText } from '../../src/protocol/deviceWords.ts';
import { escape } from './markdown.ts';

export interface BackendsFacts {
  readonly reports: readonly DeviceReport[];
  /** The setting. */
  readonly asked: string;
  readonly native: NativeInstallation | null;
  readonly nativeRoot: string;
  /** What runs the child: "the editor's own runtime" or a Node's path. */
  readonly runtime: string;
}

/** A table with every backend, why some are not there, and how to get them. */
export function backendsPage({ reports, asked, native, nativeRoot, runtime }: BackendsFacts): string {
  const rows = reports.map((report) => [
    `**${report.name}**`,
    stateText(report),
    report.device ?? '–',
    report.memoryBytes === null ? '–' : memoryText(report.memoryBytes),
    report.version ?? '–',
    timingOf(report),
  ]);
  const absent = reports.filter(({ available }) => !available);
  const cell = (text: string) => (text.startsWith('**') ? text : escape(text));
  return [
    '# Backends on this machine',
    asked === 'auto'
      ? 'The setting is `auto`: those that work are timed on the model for a moment, and the fastest is kept.'
      : `The setting is \`${asked}\`.`,
    [
      '| Backend | State | Device | Memory | Version | Last timing |',
      '|:--|:--|:--|:--|:--|:--|',
      ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
    ].join('\n'),
    ...(absent.length === 0
      ? []
      : [
          '## Why not the others',
          absent.map(({ name, reason }) => `- **${name}**: ${escape(reason ?? 'no reason given')}`).join('\n'),
        ]),
    '## Native TensorFlow',
    native === null
      ? `Not set up. The command *Likelihood Lens: Set Up Native TensorFlow* does it.`
      : [
          `TensorFlow ${escape(native.version)} for ${native.variant === 'cuda' ? 'NVIDIA cards' : 'the processor'}, made on ${native.made.slice(0, 10)}.`,
          `From: ${escape(native.source)}.`,
          `In: ${escape(nativeRoot)}.`,
        ].join('  \n'),
    '## The training process',
    `It runs on ${escape(runtime)}. The setting \`likelihoodLens.nodePath\` names another Node.`,
    '',
  ].join('\n\n');
}

function timingOf({ timing }: DeviceReport): string {
  return timing ? `${timingText(timing)} (${timing.title}, ${timing.measured.slice(0, 10)})` : '–';
}
