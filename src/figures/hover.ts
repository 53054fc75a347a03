/** What the extension host draws: nothing here may load more than the pure mask arithmetic and Preact's renderer. */
export { modelDiagramSvg, MAX_DIAGRAM_BYTES } from './modelDiagram.tsx';
export type { DiagramHighlight, DiagramLabels, DiagramOptions } from './modelDiagramOptions.ts';
export { contextSentence, diagramSentence } from './modelDiagramWords.ts';
export { themeFor, type Theme, type ThemeKind } from './theme.ts';
