/**
 * Hall's transformation of a studentised estimate t = (estimate - truth) / SE whose estimate has the skewness a: g(t) = t + a (t^2 / 3 + 1 / 6) + a^2 t^3 / 27.
 * Where t is skewed (a mean of rare or heavy values, too small together with its own SE), g(t) is nearly normal. It rises everywhere. Source:
 * Hall, On the removal of skewness by transformation, JRSS B 54 (1992).
 *
 * @param skewness of the estimate, that is of one unit divided by sqrt(n).
 * @example withoutSkewness(-3, 0.3); // -2.14
 */
export function withoutSkewness(t: number, skewness: number): number {
  return t + skewness * ((t * t) / 3 + 1 / 6) + (skewness * skewness * t * t * t) / 27;
}

/**
 * The inverse, t = 3 (x - a / 6) / (1 + c + c^2) with c = (1 + a (x - a / 6))^(1/3): where t has to be for its transform to be x.
 *
 * @example withSkewness(withoutSkewness(-3, 0.3), 0.3); // -3
 */
export function withSkewness(x: number, skewness: number): number {
  const shifted = x - skewness / 6;
  const root = Math.cbrt(1 + skewness * shifted);
  return (3 * shifted) / (1 + root + root * root);
}
