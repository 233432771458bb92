import { stirlingCorrection } from './special-functions';

/** B_2k / (2k (2k - 1)) for k = 1 to 8, the coefficients of Stirling's series. */
const stirlingCoefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/** From here on eight terms of Stirling's series leave less than 1e-17. */
const stirlingLimit = 15;

/**
 * What Stirling's formula leaves of ln Gamma(x) at any x > 0: ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2. Below 15 by the recurrence
 * s(x) = s(x + 1) + (x + 1/2) ln(1 + 1/x) - 1 (from DLMF 5.5.1), whose terms are all positive. Error below 2e-15 (1 + value).
 *
 * @throws RangeError unless x > 0.
 * @example stirlingRemainder(1); // 1 - ln(2 pi) / 2 = 0.08106146679532726
 */
export function stirlingRemainder(x: number): number {
  if (!(x > 0)) throw new RangeError(`The remainder of Stirling's formula needs an argument above 0, not ${x}.`);
  let sum = 0;
  let shifted = x;
  for (; shifted < stirlingLimit; shifted++) {
    const logStep = shifted < 1 ? Math.log1p(shifted) - Math.log(shifted) : Math.log1p(1 / shifted);
    sum += (shifted + 0.5) * logStep - 1;
  }
  return sum + stirlingCorrection(shifted);
}

/**
 * ln(Gamma(a + b) / Gamma(a)), which is about b psi(a) for a small b; no digits are lost there, as they would be in the difference of two
 * values of ln Gamma. Stirling's series (DLMF 5.11.1) term by term as a difference, below 15 after the recurrence. With a = 1 it is
 * ln Gamma(1 + b). Error below 1e-14 (b + |value|).
 *
 * @throws RangeError unless a > 0 and b >= 0.
 * @example logGammaRatio(1, 1e-20); // -5.772156649015329e-21, minus Euler's constant times 1e-20
 */
export function logGammaRatio(a: number, b: number): number {
  if (!(a > 0 && b >= 0)) throw new RangeError(`A ratio of gamma functions needs a > 0 and b >= 0, not a = ${a}, b = ${b}.`);
  let product = 0;
  let shifted = a;
  for (; shifted < stirlingLimit; shifted++) product += Math.log1p(b / shifted);
  const logGrowth = Math.log1p(b / shifted);
  let correction = 0;
  let power = 1 / shifted;
  stirlingCoefficients.forEach((coefficient, k) => {
    correction += coefficient * power * Math.expm1(-(2 * k + 1) * logGrowth);
    power /= shifted * shifted;
  });
  return b * Math.log(shifted + b) + ((shifted - 0.5) * logGrowth - b) + correction - product;
}
