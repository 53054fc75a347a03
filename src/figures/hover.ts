/** What the extension host draws: nothing here may load more than the pure mask arithmetic and Preact's renderer. */
export {
  diagramSentence,
  modelDiagramSvg,
  MAX_DIAGRAM_BYTES,
  type DiagramHighlight,
  type DiagramOptions,
} from './modelDiagram.tsx';
export { themeFor, type Theme, type ThemeKind } from './theme.ts';
