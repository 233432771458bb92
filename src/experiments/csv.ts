/** What a cell can hold. Null: empty. */
export type CsvCell = string | number | boolean | null;

/** Spreadsheets take a cell that begins so for a formula, also behind a tab or the full-width form of a sign. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
const special = /[",\r\n]/;

/**
 * Text by RFC 4180: lines end with CRLF, cells with a comma, quote or line break are quoted. A text that a spreadsheet would run as a formula gets an
 * apostrophe in front, which shows; numbers do not need one, and keep every digit that tells them from their neighbours.
 *
 * @example toCsv(['name', 'mean'], [['=1+1', -0.5]]); // "name,mean\r\n'=1+1,-0.5\r\n"
 */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
