/** A file name to offer for an export: what systems refuse in names is replaced, the ending fits the format. */
export function exportName(name: string, format: string): string {
  const stem = name
    .replace(new RegExp(`\\.${format}$`, 'i'), '')
    // eslint-disable-next-line no-control-regex -- control characters are what must not stand in a name
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-')
    .replace(/^[.\s-]+|[.\s-]+$/g, '');
  return `${stem || 'export'}.${format}`;
}
