import { stirlingRemainder } from './log-gamma-ratio';
import { deviance } from './log1p-remainder';

/**
 * x^a y^b / B(a, b) with y = 1 - x: x (1 - x) times the density of the beta distribution, that is the density of its log-odds.
 *
 * For large a and b its parts are huge and nearly cancel, so it is written with the distance of x from the mean a / (a + b),
 * excess = a y - b x: the logarithm is -a r(-excess/a) - b r(excess/b) + ln(a b / (2 pi (a + b))) / 2 - s(a) - s(b) + s(a + b),
 * r(u) = u - ln(1 + u), s the remainder of Stirling's formula (DLMF 5.11.1, 5.12.1). Neither r is ever negative: nothing cancels.
 * Relative error below 1e-15 (10 + |ln of the value|).
 *
 * @param excess `betaExcess(x, y, a, b)`.
 */
export function betaPower(x: number, y: number, a: number, b: number, excess: number): number {
  const remainder = stirlingRemainder(a) + stirlingRemainder(b) - stirlingRemainder(a + b);
  return Math.sqrt((a / (a + b)) * (b / (2 * Math.PI))) * Math.exp(-betaDeviance(x, y, a, b, excess) - remainder);
}

/** ln of how far `betaPower` has fallen at x from its peak at the mean; 0 there. */
export function betaDeviance(x: number, y: number, a: number, b: number, excess: number): number {
  return deviance(a, -excess, (x * (a + b)) / a) + deviance(b, excess, (y * (a + b)) / b);
}

/**
 * a y - b x = a - (a + b) x with y = 1 - x, above 0 where x lies below the mean. Computed from the smaller of x and y, which is the one
 * without a rounding error, as if in twice the precision: for a and b of 1e7 a rounded product would be wrong by as much as 1e-9.
 *
 * @example betaExcess(0.5, 0.5, 2, 3); // -0.5
 */
export function betaExcess(x: number, y: number, a: number, b: number): number {
  return x <= y ? minusProducts(a, x, a, b) : -minusProducts(b, y, a, b);
}

/** value - x a - x b. */
function minusProducts(value: number, x: number, a: number, b: number): number {
  const first = x * a;
  const second = x * b;
  const partial = value - first;
  const difference = partial - second;
  const rounding = differenceError(value, first, partial) + differenceError(partial, second, difference);
  return difference + (rounding - productError(x, a, first) - productError(x, b, second));
}

/** What `difference` = a - b lost by rounding (Knuth). */
function differenceError(a: number, b: number, difference: number): number {
  const subtracted = a - difference;
  const kept = difference + subtracted;
  return a - kept + (subtracted - b);
}

/** What `product` = a b lost by rounding (Dekker): the halves of a number have exact products. 0 where the halves would overflow. */
function productError(a: number, b: number, product: number): number {
  const splitter = 134_217_729;
  const aHigh = splitter * a - (splitter * a - a);
  const bHigh = splitter * b - (splitter * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const error = aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
  return Number.isFinite(error) ? error : 0;
}
