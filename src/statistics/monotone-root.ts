/**
 * Where a function that rises from at most 0 at `low` to at least 0 at `high` is 0, by Chandrupatla's method: inverse quadratic interpolation
 * where the last three points allow it, bisection elsewhere. About ten evaluations, never more than about 60 per power of two of the
 * bracket. The ends may be infinitely far below or above 0. Source: Chandrupatla, Advances in Engineering Software 28 (1997). Error below
 * `tolerance` of the root, or as far as the function's own rounding lets one see it.
 *
 * @param tolerance relative to the root.
 * @throws RangeError when the function does not change its sign from `low` to `high`.
 * @example monotoneRoot((x) => x * x - 2, 0, 2); // 1.4142135623730951
 */
export function monotoneRoot(rising: (x: number) => number, low: number, high: number, tolerance = 1e-15): number {
  let [near, far] = [low, high];
  let [nearValue, farValue] = [rising(low), rising(high)];
  if (!(nearValue <= 0 && farValue >= 0)) throw new RangeError(`There is no sign change between ${low} and ${high}.`);
  let share = 0.5;
  for (let step = 0; step < 2_000; step++) {
    const x = near + share * (far - near);
    const value = rising(x);
    let [old, oldValue] = [near, nearValue];
    if (Math.sign(value) !== Math.sign(nearValue)) [old, oldValue, far, farValue] = [far, farValue, near, nearValue];
    [near, nearValue] = [x, value];
    const best = Math.abs(nearValue) < Math.abs(farValue) ? near : far;
    const least = (tolerance * Math.abs(best) + Number.MIN_VALUE) / Math.abs(far - near);
    if (nearValue === 0 || least > 0.5) return nearValue === 0 ? near : best;
    // The parabola through the three may be trusted where it is monotone.
    const place = (near - far) / (old - far);
    const height = (nearValue - farValue) / (oldValue - farValue);
    const isTrusted = height ** 2 < place && (1 - height) ** 2 < 1 - place;
    share = isTrusted
      ? (nearValue / (farValue - nearValue)) * (oldValue / (farValue - oldValue)) +
        ((old - near) / (far - near)) * (nearValue / (oldValue - nearValue)) * (farValue / (oldValue - farValue))
      : 0.5;
    share = Math.min(Math.max(share, least), 1 - least);
  }
  return near;
}
