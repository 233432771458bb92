import { GrowthBookClient } from '@growthbook/growthbook';
import fc from 'fast-check';
import { compileTargeting } from '../../../src/assignment/compile-targeting';
import { matchesTargeting, validateTargeting } from '../../../src/assignment/targeting';
import { growthBookCases } from './growthbook-cases';

/** Written as mistakes in the SDK's cases: the SDK lets them match nobody, we refuse them. */
const mistakes = /unknown operator|\$regex invalid|^\$groups|operator.*not.*array|\$in - not array|not array/i;

describe('matchesTargeting', () => {
  it.each(growthBookCases.evalCondition)('GrowthBook: %s', (_, condition, attributes, matches) => {
    const silent = jest.spyOn(console, 'error').mockImplementation(() => {});
    expect(matchesTargeting(condition, attributes)).toBe(matches);
    expect(compileTargeting(condition)(attributes)).toBe(matches);
    silent.mockRestore();
  });

  it('has run all 248 cases of GrowthBook', () => {
    expect(growthBookCases.evalCondition).toHaveLength(248);
  });

  it('matches everybody without a condition', () => {
    expect([matchesTargeting(null, { country: 'DE' }), matchesTargeting(null, null), matchesTargeting({}, null)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('takes missing attributes for null', () => {
    expect(matchesTargeting({ country: 'DE' }, null)).toBe(false);
    expect(matchesTargeting({ country: null }, null)).toBe(true);
    expect(matchesTargeting({ country: { $exists: false } }, null)).toBe(true);
  });

  it('decides as a feature rule of the SDK does', () => {
    const condition = { $or: [{ country: { $in: ['DE', 'AT'] } }, { 'device.ram': { $gte: 8 } }], plan: { $ne: 'free' } };
    const client = new GrowthBookClient().initSync({
      payload: { features: { audience: { defaultValue: false, rules: [{ condition, force: true }] } } },
    });
    const attributes = fc.record(
      {
        country: fc.constantFrom('DE', 'AT', 'FR'),
        plan: fc.constantFrom('free', 'pro'),
        device: fc.record({ ram: fc.integer({ min: 1, max: 16 }) }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(attributes, (unit) => {
        expect(matchesTargeting(condition, unit)).toBe(client.isOn('audience', { attributes: unit }));
      }),
    );
    client.destroy();
  });

  it('does not match, and does not throw, when an attribute cannot be compared', () => {
    expect(matchesTargeting({ country: 'DE' }, { country: { toString: 1, valueOf: 1 } })).toBe(false);
    expect(matchesTargeting({ country: 'DE' }, { country: Object.create(null) })).toBe(false);
  });
});

describe('validateTargeting', () => {
  it.each(
    growthBookCases.evalCondition.filter(([name, condition]) => !mistakes.test(name) && !JSON.stringify(condition).includes('$groups')),
  )('accepts GrowthBook: %s', (_, condition) => {
    expect(validateTargeting(condition)).toBeNull();
  });

  it.each<[unknown, string]>([
    [null, 'a condition must be an object, for example { "country": "DE" }.'],
    ['DE', 'a condition must be an object, for example { "country": "DE" }.'],
    [[{ country: 'DE' }], 'a condition must be an object, for example { "country": "DE" }.'],
    [{ age: { $min: 18 } }, '"age" uses the unknown operator "$min".'],
    [{ age: { $gt: 18, max: 30 } }, '"age" mixes operators with other keys.'],
    [{ age: { $gt: [18] } }, '"$gt" of "age" needs a number or a string.'],
    [{ age: { $eq: { years: 18 } } }, '"$eq" of "age" needs a string, a number, true, false or null.'],
    [{ age: undefined }, '"age" is compared with something that is not JSON.'],
    [{ country: { $in: 'DE' } }, '"$in" of "country" needs a list.'],
    [{ country: { $exists: 'yes' } }, '"$exists" of "country" needs true or false.'],
    [{ country: { $type: 'text' } }, '"$type" of "country" needs one of string, number, boolean, array, object, null, undefined.'],
    [{ country: { $regex: '(' } }, '"$regex" of "country" needs a valid regular expression, as a string.'],
    [{ country: { $regexi: 5 } }, '"$regexi" of "country" needs a valid regular expression, as a string.'],
    [{ app: { $vgt: 2 } }, '"$vgt" of "app" needs a version as a string, for example "1.2.3".'],
    [{ tags: { $size: 'two' } }, '"$size" of "tags" needs a number or an operator.'],
    [{ tags: { $size: { $more: 2 } } }, '"tags" uses the unknown operator "$more".'],
    [{ tags: { $elemMatch: 'a' } }, '"$elemMatch" of "tags" needs a condition.'],
    [{ tags: { $elemMatch: { $is: 'a' } } }, '"tags" uses the unknown operator "$is".'],
    [{ tags: { $elemMatch: { name: { $is: 'a' } } } }, '"name" uses the unknown operator "$is".'],
    [{ tags: { $all: ['a', { $is: 'b' }] } }, '"tags" uses the unknown operator "$is".'],
    [{ age: { $not: { $min: 1 } } }, '"age" uses the unknown operator "$min".'],
    [{ $not: 'DE' }, 'a condition must be an object, for example { "country": "DE" }.'],
    [{ $or: { country: 'DE' } }, '"$or" needs a list of conditions.'],
    [{ $and: [{ country: 'DE' }, 'x'] }, 'a condition must be an object, for example { "country": "DE" }.'],
    [{ $nor: [{ age: { $min: 1 } }] }, '"age" uses the unknown operator "$min".'],
    [{ $gt: 18 }, '"$gt" needs an attribute in front of it, for example { "age": { "$gt": 18 } }.'],
    [{ $xor: [] }, '"$xor" is neither one of $and, $or, $nor, $not nor an attribute.'],
    [{ $savedGroup: { id: 'g' } }, 'saved groups are not supported; list the values with "$in".'],
    [{ id: { $inGroup: 'g' } }, '"id" uses "$inGroup", but saved groups are not supported; list the values with "$in" or "$nin".'],
  ])('refuses %j: %s', (condition, problem) => {
    expect(validateTargeting(condition)).toBe(`Targeting: ${problem}`);
  });

  it('refuses what is nested too deep, without exhausting the stack', () => {
    const nest = (wrap: (inner: object) => object) => Array.from({ length: 5_000 }).reduce<object>(wrap, { a: 1 });
    const problem = 'Targeting: conditions may be nested 32 levels deep at most.';
    expect(validateTargeting(nest((inner) => ({ $not: inner })))).toBe(problem);
    expect(validateTargeting({ a: nest((inner) => ({ $not: inner })) })).toBe(problem);
    expect(validateTargeting(nest((inner) => ({ $and: [inner] })))).toBe(problem);
  });

  it('lets no condition pass that throws or logs while a unit is matched', () => {
    const operators = [
      '$eq',
      '$ne',
      '$gt',
      '$in',
      '$nin',
      '$all',
      '$size',
      '$elemMatch',
      '$not',
      '$regex',
      '$exists',
      '$type',
      '$vgt',
      '$or',
      '$and',
    ];
    const key = fc.constantFrom('a', 'b.c', ...operators);
    const { condition } = fc.letrec<{ condition: unknown; node: unknown }>((tie) => ({
      condition: fc.dictionary(key, tie('node'), { maxKeys: 3 }),
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, true, 0, 3, '', '1.2', '(', 'string', [], [1, 'a']),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(key, tie('node'), { maxKeys: 2 }),
      ),
    }));
    const attributes = fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue({ maxDepth: 2 }));
    const logged = jest.spyOn(console, 'error');
    fc.assert(
      fc.property(condition, attributes, (candidate, unit) => {
        fc.pre(validateTargeting(candidate) === null);
        expect(typeof matchesTargeting(candidate as Record<string, unknown>, unit)).toBe('boolean');
      }),
      { numRuns: 1_000 },
    );
    expect(logged).not.toHaveBeenCalled();
    logged.mockRestore();
  });
});
