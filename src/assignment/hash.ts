/**
 * Where a unit falls in 0..1 for one seed: GrowthBook's hash version 2, bit for bit, so that a client with that SDK sees the same variant.
 * fnv32a(text of fnv32a(seed + value)) mod 10,000 / 10,000: one of 0, 0.0001, ..., 0.9999. Two seeds give independent fractions.
 *
 * @example hashFraction('seed', 'a'); // 0.0505
 */
export function hashFraction(seed: string, value: string): number {
  return (fnv32a(String(fnv32a(seed + value))) % 10_000) / 10_000;
}

/** Fowler-Noll-Vo 1a, 32 bits, over UTF-16 code units (not bytes: the SDK does it so). */
function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
