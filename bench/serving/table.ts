import type { Spread } from './spread';

/** Columns as wide as their widest cell; the first is set left, numbers right, and what is prose (the last) left again. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const last = header.length - 1;
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column < 2 || column === last ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map((row) => `  ${line(row)}`).join('\n');
}

/** Three figures that matter. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return '-';
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/** Median and range. */
export function withRange(spread: Spread | null): string {
  if (spread === null) return '-';
  if (spread.lowest === spread.highest) return figure(spread.median);
  return `${figure(spread.median)} (${figure(spread.lowest)}..${figure(spread.highest)})`;
}
