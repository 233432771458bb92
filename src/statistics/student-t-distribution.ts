import { regularisedBeta, regularisedBetaComplement } from './incomplete-beta';
import { logGammaRatio } from './log-gamma-ratio';
import { normalQuantile, normalSurvival } from './normal-distribution';

/** From here on Student's t is the normal distribution to all digits of a binary64: they differ by t^4 / (4 df), relatively. */
const normalFrom = 1e25;

/**
 * P(T <= t) for Student's t, exact in the lower tail: I_x(df/2, 1/2) / 2 with x = df / (df + t^2) (DLMF 8.17, Abramowitz and Stegun
 * 26.7.1).
 *
 * @param degreesOfFreedom any number above 0, also Infinity (the normal distribution).
 * @throws RangeError when t is NaN or degreesOfFreedom is not above 0.
 * @example studentTCdf(-2, 7); // 0.04280966428148803
 */
export function studentTCdf(t: number, degreesOfFreedom: number): number {
  return studentTSurvival(-t, degreesOfFreedom);
}

/**
 * P(T > t) for Student's t, exact in the upper tail. Relative error below 1e-12 (above 1e-300).
 *
 * @throws RangeError as `studentTCdf`.
 * @example studentTSurvival(50, 10); // 1.23715516465134e-13
 */
export function studentTSurvival(t: number, degreesOfFreedom: number): number {
  requireDegreesOfFreedom(degreesOfFreedom);
  if (Number.isNaN(t)) throw new RangeError("Student's t needs an argument that is a number, not NaN.");
  if (degreesOfFreedom >= normalFrom) return normalSurvival(t);
  return t < 0 ? 1 - upperTail(-t, degreesOfFreedom) : upperTail(t, degreesOfFreedom);
}

/**
 * The t with P(T <= t) = p. For an upper tail negate it: P(T > t) = p at t = -studentTQuantile(p, df). Relative error below 1e-12.
 *
 * @param degreesOfFreedom any number above 0, also Infinity (the normal distribution).
 * @returns -Infinity at 0, Infinity at 1.
 * @throws RangeError when p is outside 0..1 or degreesOfFreedom is not above 0.
 * @example studentTQuantile(0.975, 10); // 2.228138851986274
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A probability must lie between 0 and 1, not ${p}.`);
  requireDegreesOfFreedom(degreesOfFreedom);
  if (degreesOfFreedom >= normalFrom) return normalQuantile(p);
  if (p > 0.5) return upperQuantile(1 - p, degreesOfFreedom);
  return -upperQuantile(p, degreesOfFreedom) + 0;
}

function requireDegreesOfFreedom(degreesOfFreedom: number): void {
  if (!(degreesOfFreedom > 0)) throw new RangeError(`The degrees of freedom must be above 0, not ${degreesOfFreedom}.`);
}

/**
 * P(T > t) for t >= 0. Where t^2 / df leaves the range of a number, only the first term of the tail is left: half of x^a / (a B(a,
 * 1/2)).
 */
function upperTail(t: number, df: number): number {
  const a = df / 2;
  const sum = df + t * t;
  if (t * t < 1e290 * Math.min(1, df)) return regularisedBeta(df / sum, a, 0.5, (t * t) / sum) / 2;
  return Math.exp(a * Math.log(df) - df * Math.log(t) - logGammaRatio(a + 0.5, 0.5)) / (2 * Math.sqrt(Math.PI));
}

/**
 * The t >= 0 with P(T > t) = tail <= 1/2, by Newton in w = asinh(t / sqrt(df)), where the density is proportional to cosh(w)^-df. That is
 * log-concave, so that from the right of the root no step on the logarithm of the tail overshoots; and the tail is at most cosh(w)^-df /
 * 2, which gives the start. From a quarter up, where the tail says little about a small t, the mass between 0 and t is solved for instead:
 * it is concave in w, and no step from 0 overshoots.
 */
function upperQuantile(tail: number, df: number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY;
  const density = Math.exp(logGammaRatio(df / 2, 0.5)) / Math.sqrt(Math.PI);
  const isCentral = tail > 0.25;
  let w = isCentral ? 0 : areaCosine(-Math.log(2 * tail) / df);
  for (let step = 0; step < 200; step++) {
    const t = Math.sqrt(df) * Math.sinh(w);
    if (t === Number.POSITIVE_INFINITY) return t;
    const slope = density * Math.exp(-df * logCosine(w));
    const move = isCentral ? (0.5 - tail - centralMass(w, df)) / slope : logExcess(upperTail(t, df), tail) / slope;
    w += move;
    if (!(Math.abs(move) > 1e-15 * w)) break;
  }
  return Math.sqrt(df) * Math.sinh(w);
}

/** P(0 < T < sqrt(df) sinh(w)). */
function centralMass(w: number, df: number): number {
  return regularisedBetaComplement(Math.cosh(w) ** -2, df / 2, 0.5, Math.tanh(w) ** 2) / 2;
}

/** The Newton step of ln(actual) towards ln(target), times the slope of the tail itself. */
function logExcess(actual: number, target: number): number {
  return Math.log(actual / target) * actual;
}

/** acosh(exp(growth)), also where exp(growth) is barely above 1 or is no number any more. */
function areaCosine(growth: number): number {
  if (growth > 300) return growth + Math.LN2;
  const excess = Math.expm1(growth);
  return Math.log1p(excess + Math.sqrt(excess * (excess + 2)));
}

/** ln cosh(w) for w >= 0. */
function logCosine(w: number): number {
  return w > 20 ? w - Math.LN2 : Math.log1p(Math.sinh(w) ** 2) / 2;
}
