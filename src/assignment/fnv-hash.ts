const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

/**
 * GrowthBook's hash version 1 for one seed: fnv32a(value + seed) mod 1,000 / 1,000. Its thousand buckets are visibly uneven; it is here for
 * experiments and namespaces that began with it.
 *
 * @param seed what makes two experiments independent. @returns a function from a value to one of 0, 0.001, ..., 0.999.
 * @see growthbook/growthbook packages/sdk-js/src/util.ts, `hash`.
 * @example compileFnvV1('')('a'); // 0.22
 */
export function compileFnvV1(seed: string): (value: string) => number {
  return (value) => ((addText(addText(offsetBasis, value), seed) >>> 0) % 1_000) / 1_000;
}

/**
 * GrowthBook's hash version 2 for one seed: fnv32a(decimal text of fnv32a(seed + value)) mod 10,000 / 10,000.
 *
 * @param seed what makes two experiments independent. @returns a function from a value to one of 0, 0.0001, ..., 0.9999.
 * @see growthbook/growthbook packages/sdk-js/src/util.ts, `hash`.
 * @example compileFnvV2('seed')('a'); // 0.0505
 */
export function compileFnvV2(seed: string): (value: string) => number {
  const seeded = addText(offsetBasis, seed);
  return (value) => ((addDecimal(offsetBasis, addText(seeded, value) >>> 0) >>> 0) % 10_000) / 10_000;
}

/** Fowler-Noll-Vo 1a, 32 bits, over UTF-16 code units (not bytes: the SDK does it so). */
function addText(hash: number, text: string): number {
  let state = hash;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), prime);
  return state;
}

/** The same as `addText(hash, String(number))` for 32 bits without a sign, but makes no text: that would be half of the time. */
function addDecimal(hash: number, number: number): number {
  const high = (number / 100_000) | 0;
  const low = (number - high * 100_000) | 0;
  return high === 0 ? addFiveDigits(hash, low, false) : addFiveDigits(addFiveDigits(hash, high, false), low, true);
}

/** Without zeros in front unless `isPadded`. The powers are spelled out, as dividing by a constant is several times as fast. */
function addFiveDigits(hash: number, number: number, isPadded: boolean): number {
  let state = hash;
  if (isPadded || number >= 10_000) state = addDigit(state, (number / 10_000) | 0);
  if (isPadded || number >= 1_000) state = addDigit(state, ((number / 1_000) | 0) % 10);
  if (isPadded || number >= 100) state = addDigit(state, ((number / 100) | 0) % 10);
  if (isPadded || number >= 10) state = addDigit(state, ((number / 10) | 0) % 10);
  return addDigit(state, number % 10);
}

function addDigit(hash: number, digit: number): number {
  return Math.imul(hash ^ (48 + digit), prime);
}
