/** "Why does this matter?": what each view is for, told to somebody who meets it first; and the diagnostics' own. */
import { diagnostics } from '../inspection/diagnostics/index.ts';
import type { DiagnosticId, Topic } from '../inspection/findings.ts';
import { viewIds, views, type ViewId } from '../inspection/views.ts';

export type TopicId = DiagnosticId | ViewId;

const ofViews = Object.fromEntries(viewIds.map((id) => [id, views[id].topic])) as Record<ViewId, Topic>;

const ofDiagnostics = Object.fromEntries(Object.values(diagnostics).map(({ id, topic }) => [id, topic])) as Record<
  DiagnosticId,
  Topic
>;

export const explanations: Readonly<Record<TopicId, Topic>> = { ...ofViews, ...ofDiagnostics };

export function isTopic(topic: string): topic is TopicId {
  return Object.hasOwn(explanations, topic);
}
