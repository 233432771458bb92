import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '../../src/errors';

/** The codes in the first table of docs/errors.md, with the number of filled cells beside each. */
function documentedCodes(): ReadonlyMap<string, number> {
  const page = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
  const section = page.split('\n## ').find((part) => part.startsWith('Codes of Touchstone')) ?? '';
  const rows = section.split('\n').flatMap((line) => {
    const [, code, cells = ''] = /^\| `([A-Z_]+)` \|(.*)\|$/.exec(line) ?? [];
    return code === undefined ? [] : [[code, cells.split('|').filter((cell) => cell.trim() !== '').length] as const];
  });
  return new Map(rows);
}

describe('docs/errors.md', () => {
  it('lists every code, and no other', () => {
    expect([...documentedCodes().keys()].sort()).toEqual([...errorCodes].sort());
  });

  it('says of each its meaning, when, what to do, and whether to retry', () => {
    expect([...documentedCodes()].filter(([, cells]) => cells !== 4)).toEqual([]);
  });
});
