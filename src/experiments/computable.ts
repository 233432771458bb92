/**
 * What a computation gives; null when its numbers are too large or too small for double precision, so that one metric of absurd values does not take
 * the results of all others with it. The functions of `statistics` throw a RangeError then.
 */
export function computable<Value>(compute: () => Value): Value | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
