/** Three digits are what a sentence can carry. @example show(0.012345) // '0.0123' */
export function show(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

/** Six digits, so that a level of 99.95% is not rounded to certainty. */
export function percent(share: number): string {
  const digits = Math.abs(share) > 0.9 ? 6 : 3;
  return `${Number((100 * share).toPrecision(digits))}%`;
}
