/** A sample as its distinct values in rising order, and how many units are at or below each: all that quantiles need. */
export interface OrderedSample {
  readonly values: Float64Array;
  readonly unitsUpTo: Float64Array;
  /** At least 1. */
  readonly units: number;
}

/**
 * Orders a sample. O(n log n).
 *
 * @throws RangeError when it is empty or holds a value that is not finite.
 * @example orderedSample([3, 1, 3]); // { values: [1, 3], unitsUpTo: [1, 3], units: 3 }
 */
export function orderedSample(values: Iterable<number>): OrderedSample {
  const sorted = Float64Array.from(values).sort();
  return orderedCounts(Array.from(sorted, (value) => ({ value, units: 1 })));
}

/**
 * The same from counts, as a histogram has them: with the bins' upper edges as values, what is then said holds for quantiles up to the width
 * of a bin.
 *
 * @param counts rising values; the same value may come again. Bins without units are left out.
 * @throws RangeError when there is no unit, a count is negative or not finite, or the values are not finite and rising.
 */
export function orderedCounts(counts: Iterable<{ readonly value: number; readonly units: number }>): OrderedSample {
  const values: number[] = [];
  const unitsUpTo: number[] = [];
  let total = 0;
  let before = Number.NEGATIVE_INFINITY;
  for (const { value, units } of counts) {
    if (!Number.isFinite(value) || value < before) throw new RangeError(`The values must be finite and rising, which ${value} is not.`);
    if (!(units >= 0 && Number.isFinite(units))) throw new RangeError(`Every count must be at least 0, not ${units}.`);
    if (units === 0) continue;
    total += units;
    if (value === before) unitsUpTo.pop();
    else values.push(value);
    unitsUpTo.push(total);
    before = value;
  }
  if (total === 0) throw new RangeError('A sample needs at least one unit.');
  return { values: Float64Array.from(values), unitsUpTo: Float64Array.from(unitsUpTo), units: total };
}

/** How many of the distinct values are at or below x; O(log n). */
export function valuesUpTo({ values }: OrderedSample, x: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}
