/**
 * The rank of each value among all of them, 1 for the smallest; equal values share the mean of the ranks they take up. O(n log n).
 *
 * @returns ranks in the order of the input; they add up to n (n + 1) / 2, and twice a rank is a whole number.
 * @throws RangeError when a value is NaN.
 * @example midRanks([30, 10, 20, 20]); // [4, 1, 2.5, 2.5]
 */
export function midRanks(values: readonly number[]): Float64Array {
  if (values.some(Number.isNaN)) throw new RangeError('A value that is not a number has no rank.');
  const order = Uint32Array.from(values.keys()).sort((i, j) => compare(values[i] as number, values[j] as number));
  const ranks = new Float64Array(values.length);
  let start = 0;
  while (start < order.length) {
    const value = values[order[start] as number];
    let end = start;
    while (end < order.length && values[order[end] as number] === value) end += 1;
    // Ranks start + 1 to end.
    for (let place = start; place < end; place++) ranks[order[place] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Not by subtraction: Infinity - Infinity is no order. */
function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
