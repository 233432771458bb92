import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { hashFraction } from '../../../src/assignment/hash';
import { compileWideHash } from '../../../src/assignment/wide-hash';

/** Made by a program in another language, from the documented construction alone. */
const vectors = JSON.parse(readFileSync(join(__dirname, '../../fixtures/assignment/wide-hash.json'), 'utf8')) as [
  seed: string,
  value: string,
  fraction: number,
][];
const anyText = fc.string({ unit: 'binary' });

/** Sum of (seen - expected)^2 / expected over cells that are all equally likely. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** Mean plus 4.5 standard deviations: a sound hash is above it once in 300,000 times. */
const limitOf = (degreesOfFreedom: number) => degreesOfFreedom + 4.5 * Math.sqrt(2 * degreesOfFreedom);

function countInto(cells: number, units: number, cellOf: (unit: number) => number): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (let unit = 0; unit < units; unit++) {
    const cell = cellOf(unit);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

/** The 53 bits of a fraction, the highest first. */
const bitsOf = (fraction: number) => (fraction * 2 ** 53).toString(2).padStart(53, '0');

describe('compileWideHash', () => {
  it.each(vectors)('of seed %j and value %j is %d', (seed, value, fraction) => {
    expect(compileWideHash(seed)(value)).toBe(fraction);
    expect(hashFraction(seed, value, 3)).toBe(fraction);
  });

  it('is a multiple of 2^-53 in 0..1, for any text, and the same each time', () => {
    fc.assert(
      fc.property(anyText, anyText, (seed, value) => {
        const hash = compileWideHash(seed);
        const fraction = hash(value);
        expect(fraction >= 0 && fraction < 1 && Number.isInteger(fraction * 2 ** 53)).toBe(true);
        hash('another value in between');
        expect(hash(value)).toBe(fraction);
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells (seed, value) pairs apart that are one text when put together', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), fc.nat(), (text, first, second) => {
        const cut = (at: number) => at % (text.length + 1);
        fc.pre(cut(first) !== cut(second) && text.isWellFormed());
        const of = (at: number) => compileWideHash(text.slice(0, at))(text.slice(at));
        fc.pre(text.slice(0, cut(first)).isWellFormed() && text.slice(0, cut(second)).isWellFormed());
        expect(of(cut(first))).not.toBe(of(cut(second)));
      }),
      { numRuns: 2_000 },
    );
    expect(compileWideHash('ab')('c')).not.toBe(compileWideHash('a')('bc'));
    expect(compileWideHash('a')('\0')).not.toBe(compileWideHash('a')(''));
  });

  it('takes a lone surrogate for U+FFFD, as every UTF-8 encoder does', () => {
    const hash = compileWideHash('seed');
    expect(hash('a\ud800b')).toBe(hash('a\ufffdb'));
    expect(hash('\udc00')).toBe(hash('\ufffd'));
    expect(hash('\ud83d\ude00')).not.toBe(hash('\ufffd\ufffd'));
    expect(compileWideHash('\ud800')('a')).toBe(compileWideHash('\ufffd')('a'));
  });

  it.each([1, 2, 3, 4, 5, 8, 13, 36])(
    'changes each output bit with probability one half when one bit of %i bytes of input changes',
    (length) => {
      const inputs = 100;
      const flips = new Array<number>(53).fill(0);
      let trials = 0;
      for (let input = 0; input < inputs; input++) {
        const hash = compileWideHash(`seed-${input}`);
        const bytes = Array.from({ length }, (_, index) => (input * 31 + index * 17 + 5) % 128);
        const before = bitsOf(hash(String.fromCharCode(...bytes)));
        for (let bit = 0; bit < 7 * length; bit++) {
          const changed = bytes.map((byte, index) => (index === Math.floor(bit / 7) ? byte ^ (1 << (bit % 7)) : byte));
          const after = bitsOf(hash(String.fromCharCode(...changed)));
          for (let place = 0; place < 53; place++) if (before[place] !== after[place]) flips[place] = (flips[place] as number) + 1;
          trials++;
        }
      }
      const tolerance = (4.5 * 0.5) / Math.sqrt(trials);
      for (const count of flips) expect(Math.abs(count / trials - 0.5)).toBeLessThan(tolerance);
    },
  );

  it.each([
    ['numbers', (unit: number) => String(unit)],
    ['names', (unit: number) => `user-${unit}`],
    ['padded numbers', (unit: number) => String(unit).padStart(12, '0')],
    ['words of one letter', (unit: number) => 'a'.repeat(unit % 40) + unit],
  ])('spreads %s evenly over 1,000 cells, by its high bits and by its low ones', (_, idOf) => {
    const hash = compileWideHash('an-experiment');
    const units = 60_000;
    expect(chiSquare(countInto(1_000, units, (unit) => Math.floor(hash(idOf(unit)) * 1_000)))).toBeLessThan(limitOf(999));
    expect(chiSquare(countInto(1_024, units, (unit) => (hash(idOf(unit)) * 2 ** 53) % 1_024))).toBeLessThan(limitOf(1_023));
  });

  it.each([
    ['exp-1', 'exp-2'],
    ['a', 'b'],
    ['checkout', 'checkout '],
    ['', 'x'],
  ])('is independent for the seeds %j and %j', (one, other) => {
    const [first, second] = [compileWideHash(one), compileWideHash(other)];
    const cellOf = (unit: number) => Math.floor(first(`user-${unit}`) * 20) * 20 + Math.floor(second(`user-${unit}`) * 20);
    expect(chiSquare(countInto(400, 60_000, cellOf))).toBeLessThan(limitOf(399));
  });

  it('gives no two of 100,000 ids one fraction', () => {
    const hash = compileWideHash('seed');
    const seen = new Set<number>();
    for (let unit = 0; unit < 100_000; unit++) seen.add(hash(`user-${unit}`));
    expect(seen.size).toBe(100_000);
  });
});
