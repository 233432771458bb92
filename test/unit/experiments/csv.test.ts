import fc from 'fast-check';
import { toCsv } from '../../../src/experiments/csv';

/** A reader by RFC 4180, character by character. */
function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (isQuoted && char === '"' && text[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && char === ',') {
      row.push(cell);
      cell = '';
    } else if (!isQuoted && char === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      at++;
    } else cell += char;
  }
  return rows;
}

const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', 'a', "'", '＝') }));
const isFormula = (value: string) => /^[=+\-@\t\r\n＝＋－＠]/.test(value);

describe('toCsv', () => {
  it('is read as it was written, but for an apostrophe in front of what would run', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1 }), (rows) => {
        const expected = rows.map((row) => row.map((value) => (isFormula(value) ? `'${value}` : value)));
        expect(readCsv(toCsv(['a', 'b'], rows))).toEqual([['a', 'b'], ...expected]);
      }),
    );
  });

  it('has no text cell that a spreadsheet would run', () => {
    fc.assert(
      fc.property(text, (value) => {
        const [, [cell]] = readCsv(toCsv(['a'], [[value]])) as [unknown, [string]];
        expect(isFormula(cell)).toBe(false);
      }),
    );
  });

  it('keeps every digit of a number, also of a negative one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [, [cell]] = readCsv(toCsv(['a'], [[value]])) as [unknown, [string]];
        expect(Number(cell)).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('leaves empty what is not known', () => {
    expect(toCsv(['a', 'b', 'c'], [[null, true, 0]])).toBe('a,b,c\r\n,true,0\r\n');
  });
});
