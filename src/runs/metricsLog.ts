/** Metrics as lines of `metrics.jsonl`. JSON knows no NaN and no infinity: they are written as strings. */
import { explain } from '../spec/explain.ts';
import { RunError } from './errors.ts';
import { metricSpec, type Metric } from './metrics.ts';

/** One line, its line end included. */
export function encodeMetric(metric: Metric): string {
  return (
    JSON.stringify(metric, (_key, value: unknown) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ) + '\n'
  );
}

/**
 * Metrics of a log's text. A last line that has no line end was torn by a kill or a power cut and is left out.
 *
 * @throws RunError naming `file` and the line of any other line that is no metric.
 */
export function decodeMetrics(text: string, file: string): Metric[] {
  const wholeLength = text.lastIndexOf('\n') + 1;
  const metrics: Metric[] = [];
  for (const [index, line] of text.slice(0, wholeLength).split('\n').entries()) {
    if (line === '') continue;
    metrics.push(decodeLine(line, `${file}:${index + 1}`));
  }
  return metrics;
}

function decodeLine(line: string, where: string): Metric {
  const shown = line.length > 80 ? `${line.slice(0, 80)}…` : line;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RunError(`${where}: is no metric, since it is not JSON: ${shown}`);
  }
  const parsed = metricSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RunError(`${where}: is no metric (${explain(metricSpec, value)[0]?.message ?? 'wrong'}): ${shown}`);
}
