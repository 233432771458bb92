import { lgamma, stirlingCorrection } from './special-functions';

/**
 * P(a, x) = gamma(a, x) / Gamma(a), the lower regularised incomplete gamma function: the series of DLMF 8.11.4 where it is the small one
 * of the two tails, else 1 - Q. Relative error below 1e-11 for a up to 1e6.
 *
 * @throws RangeError unless a > 0 and x >= 0.
 */
export function regularisedGammaP(a: number, x: number): number {
  requireArguments(a, x);
  if (x === 0) return 0;
  return x < a + 1 ? lowerBySeries(a, x) : 1 - upperByFraction(a, x);
}

/**
 * Q(a, x) = 1 - P(a, x), the upper tail, computed by itself: Legendre's continued fraction (DLMF 8.9.2). Relative error below 1e-11 for a
 * up to 1e6.
 *
 * @throws RangeError as `regularisedGammaP`.
 */
export function regularisedGammaQ(a: number, x: number): number {
  requireArguments(a, x);
  if (x === 0) return 1;
  return x < a + 1 ? 1 - lowerBySeries(a, x) : upperByFraction(a, x);
}

function requireArguments(a: number, x: number): void {
  if (!(a > 0 && x >= 0)) throw new RangeError(`The incomplete gamma function needs a > 0 and x >= 0, not a = ${a}, x = ${x}.`);
}

/** x^a exp(-x) / Gamma(a + 1) times the sum of x^k / ((a + 1) ... (a + k)). */
function lowerBySeries(a: number, x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > Number.EPSILON * 0.01 * sum; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return gammaDensity(a, x) * sum;
}

/** x^a exp(-x) / Gamma(a) divided by x + 1 - a - (1 - a)(-1)..., by the modified Lentz method. */
function upperByFraction(a: number, x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / (numerator * d + b || tiny);
    c = b + numerator / c || tiny;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < Number.EPSILON) break;
  }
  return gammaDensity(a, x) * a * fraction;
}

/**
 * x^a exp(-x) / Gamma(a + 1). For a large a its parts are huge and nearly cancel, so it is written with the distance of x from a:
 * exp(-a (u - ln(1 + u))) / sqrt(2 pi a) / exp(correction), u = (x - a) / a.
 */
function gammaDensity(a: number, x: number): number {
  if (a < 15) return Math.exp(a * Math.log(x) - x - lgamma(a + 1));
  const u = (x - a) / a;
  return Math.exp(-a * minusLog1p(u) - stirlingCorrection(a)) / Math.sqrt(2 * Math.PI * a);
}

/** u - ln(1 + u) without cancellation near 0: with t = u / (2 + u), ln(1 + u) = 2 (t + t^3/3 + t^5/5 + ...) and u - 2 t = u t. */
function minusLog1p(u: number): number {
  if (Math.abs(u) > 0.5) return u - Math.log1p(u);
  const t = u / (2 + u);
  let power = t * t * t;
  let sum = power / 3;
  for (let k = 5; Math.abs(power) > Number.EPSILON * 0.01 * Math.abs(sum); k += 2) {
    power *= t * t;
    sum += power / k;
  }
  return u * t - 2 * sum;
}
