import fc from 'fast-check';
import { parseExactJson } from '../../../src/open-inference/exact-json';
import { ProtocolError } from '../../../src/open-inference/protocol-error';

/** As JSON.parse would have it. */
function rounded(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]));
}

describe('parseExactJson', () => {
  it('reads everything as JSON.parse does, save for numbers that it would round', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify([value, 'LONG'], null, indent).replace(/"LONG"(?=\s*]$)/, '9007199254740993');
        expect(rounded(parseExactJson(text))).toEqual(JSON.parse(text));
        expect(rounded(parseExactJson(JSON.stringify(value, null, indent)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps every whole number of 64 bits', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n })), (numbers) => {
        const read = parseExactJson(`{"a":[${numbers.join(',')}]}`) as { readonly a: readonly (number | bigint)[] };
        expect(read.a.map(BigInt)).toEqual(numbers);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['half of it', '{"a":['],
    ['two values', '1 2'],
    ['a number too many levels deep', `${'['.repeat(100)}12345678901234567890${']'.repeat(100)}`],
  ])('refuses %s', (_, text) => {
    expect(() => parseExactJson(text)).toThrow(ProtocolError);
  });

  it('makes no huge number of a huge literal', () => {
    expect(parseExactJson(`[${'9'.repeat(400)}]`)).toEqual([Number.POSITIVE_INFINITY]);
  });
});
