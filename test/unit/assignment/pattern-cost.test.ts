import { costlyPattern } from '../../../src/assignment/pattern-cost';
import { matchesTargeting, validateTargeting } from '../../../src/assignment/targeting';

describe('costlyPattern', () => {
  test.each([
    '@example\\.com$',
    '^(de|at)-',
    '.*beta.*',
    '^v?[0-9]{1,3}$',
    '^[^@]+@[^@]+$',
    '(ab){3}',
    '^(at|be|de|fr|nl)$',
    '^(ios|android)-\\d+$',
    '^a?b?c?d?$',
    '[*+]{2}',
    '\\d{4}-\\d{2}',
  ])('%s may be run on any text', (pattern) => expect(costlyPattern(pattern)).toBeNull());

  test.each([
    ['(a+)+$', 'has a repetition inside a repeated group'],
    ['(a*)*', 'has a repetition inside a repeated group'],
    ['((a?){30})', 'has a repetition inside a repeated group'],
    ['^(?:\\w+\\s?)*$', 'has a repetition inside a repeated group'],
    ['(a{1,5}){1,30}$', 'has a repetition inside a repeated group'],
    ['(a|a)*$', 'has an alternative inside a repeated group'],
    ['((a|aa))+$', 'has an alternative inside a repeated group'],
    ['(a)\\1', 'has a back reference'],
    ['(?=a)b', 'has a lookahead'],
    ['(?<!a)b', 'has a lookbehind'],
    ['a*a*a*$', 'has more than 2 repetitions (*, + or {m,n})'],
    ['a?a?a?a?a*a*b', 'has too many alternatives and optional parts that can be combined'],
    ['(a|a)'.repeat(40), 'has too many alternatives and optional parts that can be combined'],
    ['a'.repeat(501), 'is longer than 500 characters'],
  ])('%s %s', (pattern, problem) => expect(costlyPattern(pattern)).toBe(problem));
});

test('an experiment cannot have a pattern that could stall the server', () => {
  expect(validateTargeting({ $or: [{ name: { $not: { $regexi: '(a+)+$' } } }] })).toBe(
    'Targeting: the regular expression of "name" has a repetition inside a repeated group; it could stall the server.',
  );
});

describe('a condition with a pattern', () => {
  const condition = { name: { $regex: '^a' }, country: 'DE' };

  test('is tried on texts of up to 256 characters', () => {
    expect(matchesTargeting(condition, { name: 'a'.repeat(256), country: 'DE' })).toBe(true);
  });

  test.each([{ name: 'a'.repeat(257) }, { name: ['a'.repeat(200), 'a'.repeat(200)] }, { name: 'a', other: { deep: ['a'.repeat(257)] } }])(
    'matches nobody with a longer one',
    (attributes) => expect(matchesTargeting(condition, { ...attributes, country: 'DE' })).toBe(false),
  );

  test.each([{ name: { $regex: '(a+)+$' } }, { $not: { name: { $regexi: '(a+)+$' } } }])(
    'that an earlier build had stored and this one refuses matches nobody',
    (stored) =>
      expect([{ name: 'a' }, { name: `${'a'.repeat(200)}!` }].map((one) => matchesTargeting(stored, one))).toEqual([false, false]),
  );
});
