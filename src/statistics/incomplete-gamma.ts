import { gammaPower } from './gamma-power';
import { logGammaRatio } from './log-gamma-ratio';
import { log1pRemainder } from './log1p-remainder';
import { tailIntegral } from './tail-integral';

/** From this a on the tail is integrated: the series and the continued fraction need ever more terms. */
const integralFrom = 300;

/**
 * P(a, x) = gamma(a, x) / Gamma(a), the lower regularised incomplete gamma function: from a series or an integral of positive terms where
 * it is the smaller one of the two tails, else 1 - Q. Relative error below 1e-13 for values above 1e-30 and 1e-12 above 1e-300, for a from
 * 1e-10 to 1e15.
 *
 * @throws RangeError unless a > 0 and x >= 0.
 * @example regularisedGammaP(5, 0.25); // 6.611710561034248e-6
 */
export function regularisedGammaP(a: number, x: number): number {
  requireArguments(a, x);
  if (x === 0) return 0;
  return isLowerTail(a, x) ? lowerTail(a, x) : 1 - upperTail(a, x);
}

/**
 * Q(a, x) = 1 - P(a, x), the upper tail, computed by itself. Relative error as of `regularisedGammaP`.
 *
 * @throws RangeError as `regularisedGammaP`.
 * @example regularisedGammaQ(2, 30); // 2.900863120340454e-12
 */
export function regularisedGammaQ(a: number, x: number): number {
  requireArguments(a, x);
  if (x === 0) return 1;
  if (!isLowerTail(a, x)) return upperTail(a, x);
  return a < 1 ? upperBySeries(a, x) : 1 - lowerTail(a, x);
}

function requireArguments(a: number, x: number): void {
  if (!(a > 0 && x >= 0)) throw new RangeError(`The incomplete gamma function needs a > 0 and x >= 0, not a = ${a}, x = ${x}.`);
}

function isLowerTail(a: number, x: number): boolean {
  return x < (a < integralFrom ? a + 1 : a);
}

function lowerTail(a: number, x: number): number {
  return a < integralFrom ? gammaPower(a, x) * lowerSeries(a, x) : gammaPower(a, x) * a * lowerIntegral(a, x);
}

function upperTail(a: number, x: number): number {
  const power = gammaPower(a, x) * a;
  if (!(power > 0)) return 0;
  return power * (a < integralFrom ? upperFraction(a, x) : upperIntegral(a, x));
}

/** The sum of x^k / ((a + 1) ... (a + k)), DLMF 8.11.4. */
function lowerSeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > Number.EPSILON * 0.01 * sum; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/**
 * For a < 1, where P may be so near to 1 that 1 - P has few digits: P = e^L (1 + a s) with e^L = x^a / Gamma(a + 1) and s the sum of
 * (-x)^n / (n! (a + n)) (DLMF 8.7.1), and both L and a s are as small as Q.
 */
function upperBySeries(a: number, x: number): number {
  const logFactor = a * Math.log(x) - logGammaRatio(1, a);
  let term = 1;
  let sum = 0;
  for (let n = 1; Math.abs(term) > Number.EPSILON * 0.01 * Math.abs(sum); n++) {
    term *= -x / n;
    sum += term / (a + n);
  }
  return -Math.expm1(logFactor) - Math.exp(logFactor) * a * sum;
}

/** 1 / (x + 1 - a - (1 - a) / (x + 3 - a - ...)), Legendre's continued fraction (DLMF 8.9.2), by the modified Lentz method. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 100_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return fraction;
}

/** Integral over s = ln(x / t) of exp(-(a - x) s - x r(exp(-s) - 1)), r(u) = u - ln(1 + u). */
function lowerIntegral(a: number, x: number): number {
  return tailIntegral(a - x, x, (s) => x * log1pRemainder(Math.expm1(-s)));
}

/** Integral over s = ln(t / x) of exp(-(x - a) s - x r(exp(s) - 1)). */
function upperIntegral(a: number, x: number): number {
  return tailIntegral(x - a, x, (s) => x * log1pRemainder(Math.expm1(s)));
}
