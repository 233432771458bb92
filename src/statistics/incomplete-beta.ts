import { betaExcess, betaPower } from './beta-power';
import { logGammaRatio } from './log-gamma-ratio';
import { log1pRemainder } from './log1p-remainder';
import { tailIntegral } from './tail-integral';

/** From here on, for the smaller of a and b, the tail is integrated: the continued fraction needs ever more terms. */
const integralFrom = 300;

/**
 * I_x(a, b), the regularised incomplete beta function: the share of the integral of t^(a-1) (1-t)^(b-1) over 0..1 that lies below x.
 * The smaller of the two tails is computed, from a series, a continued fraction or an integral of positive terms. Relative error below
 * 1e-13 for values above 1e-30 and 1e-12 above 1e-300, for a and b from 1e-10 to 1e15.
 *
 * @param y 1 - x. To be given where it is known to more digits than `1 - x` has, as in x = n / (n + t^2) with y = t^2 / (n + t^2).
 * @throws RangeError unless a and b are finite and above 0 and 0 <= x <= 1.
 * @example regularisedBeta(0.5, 2, 3); // 0.6875
 */
export function regularisedBeta(x: number, a: number, b: number, y = 1 - x): number {
  return tailsOf(x, y, a, b).lower;
}

/**
 * 1 - I_x(a, b) = I_(1-x)(b, a) (DLMF 8.17.4), computed by itself: it has all its digits also where I_x(a, b) rounds to 1.
 *
 * @throws RangeError as `regularisedBeta`.
 * @example regularisedBetaComplement(0.2, 101, 901); // 7.753559e-18
 */
export function regularisedBetaComplement(x: number, a: number, b: number, y = 1 - x): number {
  return tailsOf(x, y, a, b).upper;
}

interface Tails {
  readonly lower: number;
  readonly upper: number;
}

function tailsOf(x: number, y: number, a: number, b: number): Tails {
  requireArguments(x, y, a, b);
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  if (a < 1 && x <= (a + 1) / (a + b + 2)) return tailsBySeries(x, a, b);
  if (b < 1 && y <= (b + 1) / (a + b + 2)) return swapped(tailsBySeries(y, b, a));
  const excess = betaExcess(x, y, a, b);
  return excess >= 0 ? withLower(lowerTail(x, y, a, b, excess)) : swapped(withLower(lowerTail(y, x, b, a, -excess)));
}

function requireArguments(x: number, y: number, a: number, b: number): void {
  if (!(a > 0 && b > 0 && a + b < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`The incomplete beta function needs finite a > 0 and b > 0, not a = ${a}, b = ${b}.`);
  }
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) throw new RangeError(`The incomplete beta function needs 0 <= x <= 1, not x = ${x}.`);
}

function withLower(lower: number): Tails {
  return { lower, upper: 1 - lower };
}

function swapped({ lower, upper }: Tails): Tails {
  return { lower: upper, upper: lower };
}

/**
 * For a < 1: I = e^L (1 + a s) with e^L = x^a / (a B(a, b)) and s the sum of (1 - b)_n x^n / (n! (a + n)) (DLMF 8.17.7, 15.2.1). Both tails
 * have all their digits, because L and a s are as small as the upper tail when I is near 1.
 */
function tailsBySeries(x: number, a: number, b: number): Tails {
  const logFactor = a * Math.log(x) - logGammaRatio(1, a) + logGammaRatio(b, a);
  let term = 1;
  let sum = 0;
  for (let n = 1; n < 10_000; n++) {
    term *= ((n - b) * x) / n;
    sum += term / (a + n);
    if (Math.abs(term) <= Number.EPSILON * 0.01 * Math.abs(sum)) break;
  }
  const factor = Math.exp(logFactor);
  return { lower: factor * (1 + a * sum), upper: -Math.expm1(logFactor) - factor * a * sum };
}

/** I_x(a, b) for x up to the mean. */
function lowerTail(x: number, y: number, a: number, b: number, excess: number): number {
  const power = betaPower(x, y, a, b, excess);
  if (power === 0) return 0;
  return Math.min(a, b) < integralFrom ? power / fractionOf(x, y, a, b, excess) : power * integralOf(x, y, a, b, excess);
}

/** x^a y^b / B(a, b) over I_x(a, b): the continued fraction of Didonato and Morris (ACM TOMS 18, 1992), by the modified Lentz method. */
function fractionOf(x: number, y: number, a: number, b: number, excess: number): number {
  const tiny = 1e-300;
  let fraction = Math.max((a * (excess + 1)) / (a + 1), tiny);
  let c = fraction;
  let d = 0;
  for (let m = 1; m < 100_000; m++) {
    const divisor = a + 2 * m - 1;
    const numerator = ((m * (a + m - 1)) / divisor) * ((a + b + m - 1) / divisor) * (b - m) * x * x;
    const denominator = m + (m * (b - m) * x) / divisor + ((a + m) * (excess + 1 + m * (1 + y))) / (divisor + 2);
    d = 1 / (denominator + numerator * d || tiny);
    c = denominator + numerator / c || tiny;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return fraction;
}

/**
 * I_x(a, b) over x^a y^b / B(a, b), as an integral over s, how far the log-odds of t lie below those of x. The integrand is
 * exp(-excess s - (a + b) (x r(q) - r(x q))), r(u) = u - ln(1 + u), q = exp(-s) - 1; or with y and q = exp(s) - 1, which is the same but
 * has more digits where y is the smaller one.
 */
function integralOf(x: number, y: number, a: number, b: number, excess: number): number {
  const share = Math.min(x, y);
  const direction = x <= y ? -1 : 1;
  return tailIntegral(excess, (a + b) * x * y, (s) => {
    const q = Math.expm1(direction * s);
    return (a + b) * (share * log1pRemainder(q) - log1pRemainder(share * q));
  });
}
