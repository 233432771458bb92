import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { AppError, errorCodes, withShortQuotes } from '../../src/errors';
import { FormError } from '../../src/experiments/form-error';

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

describe('what a sentence quotes', () => {
  const name = fc.string({ minLength: 1, maxLength: 400 }).filter((text) => !text.includes('"'));

  it('is cut beyond 200 characters, and the end of the sentence stays', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        const shown = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}...` : text);
        expect(withShortQuotes(`No "${one}" in "${other}". Do this.`)).toBe(`No "${shown(one)}" in "${shown(other)}". Do this.`);
      }),
    );
  });

  it('is cut in every error, also in each problem of a form', () => {
    const sentence = `There is no model "${'m'.repeat(100_000)}".`;
    expect(new AppError('MODEL_NOT_FOUND', sentence).message).toHaveLength(224);
    expect(new FormError([{ code: 'MODEL_NOT_FOUND', message: sentence, field: ['model'] }]).problems[0]?.message).toHaveLength(224);
  });
});
