/** Three digits are what a sentence can carry. @example show(0.012345) // '0.0123' */
export function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** Six digits, so that a level of 99.95% is not rounded to certainty. */
export function percent(share: number): string {
  const digits = Math.abs(share) > 0.9 ? 6 : 3;
  return `${Number((100 * share).toPrecision(digits))}%`;
}

/** @example showCount(1234567) // '1,234,567' */
export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Beyond a hundredth on either side nobody goes by the digits. @example probability(7.6e-10) // 'less than 1%' */
export function probability(chance: number): string {
  if (chance < 0.01) return 'less than 1%';
  return chance > 0.99 ? 'more than 99%' : `${Number((100 * chance).toPrecision(3))}%`;
}
