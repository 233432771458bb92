/** @example percentage(0.05) // '5%' */
export function percentage(share: number): string {
  return `${Number((100 * share).toPrecision(6))}%`;
}
