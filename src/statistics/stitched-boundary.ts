import { riemannZeta } from './riemann-zeta';

export interface StitchingOptions {
  /** Time from which the boundary holds; earlier it is as at that time. Above 0. */
  readonly firstVariance: number;
  /** c of a sub-gamma sum, in its unit: 0 for a sub-Gaussian one; below 0 is allowed and tightens the boundary. */
  readonly scale: number;
  /** s > 1: how the error is spread over the epochs, as k^-s. */
  readonly decay?: number;
  /** eta > 1: each epoch ends when the time has grown by that factor. */
  readonly epochRatio?: number;
}

/**
 * Polynomial stitched boundary of a sub-gamma sum, in closed form and of the order sqrt(v ln ln v), the least possible. With v' = max(v, v_min),
 * l = s ln ln(eta v' / v_min) + ln(zeta(s) / (alpha (ln eta)^s)), k1 = (eta^(1/4) + eta^(-1/4)) / sqrt 2, k2 = (sqrt eta + 1) / 2:
 * sqrt(k1^2 v' l + (k2 c l)^2) + k2 c l. Source: Howard, Ramdas, McAuliffe, Sekhon, arXiv 1810.08240, theorem 1. Relative error below 1e-13.
 *
 * @throws RangeError when an argument is out of its range or not finite.
 * @example stitchedBoundary(100, 0.05, { firstVariance: 10, scale: 3 }); // 64.48754...
 */
export function stitchedBoundary(variance: number, alpha: number, options: StitchingOptions): number {
  const { firstVariance, scale, decay = 1.4, epochRatio = 2 } = options;
  requireAlpha(alpha);
  requireEpochs(decay, epochRatio);
  if (!(variance >= 0 && Number.isFinite(variance))) throw new RangeError(`The time must be at least 0, not ${variance}.`);
  if (!(firstVariance > 0 && Number.isFinite(firstVariance))) throw new RangeError(`The first time must be above 0, not ${firstVariance}.`);
  if (!Number.isFinite(scale)) throw new RangeError(`The scale must be a finite number, not ${scale}.`);
  const time = Math.max(variance, firstVariance);
  const epochs = Math.log((epochRatio * time) / firstVariance) / Math.log(epochRatio);
  const level = decay * Math.log(epochs) + Math.log(riemannZeta(decay) / alpha);
  return subGammaBound(time, level, scale, epochRatio);
}

export interface QuantileStitchingOptions {
  /** Units at which the boundary is tightest, at least 1. */
  readonly tuningUnits: number;
  /** delta > 0: width of the grid over quantiles. */
  readonly gridStep?: number;
  readonly decay?: number;
  readonly epochRatio?: number;
}

/**
 * Boundary for n (F_n(Q(p)) - p) after n units, at all n AND all p together with probability 1 - alpha: the double stitching of Howard, Ramdas,
 * Sequential estimation of quantiles, Bernoulli 28(3), 2022, arXiv 1906.09712, theorem 3. Relative error below 1e-13.
 *
 * @param probability p, between 0 and 1. @param units n, at least 1.
 * @throws RangeError when an argument is out of its range or not finite.
 * @example quantileStitchedBoundary(0.5, 1000, 0.05, { tuningUnits: 100 }); // 68.62802...
 */
export function quantileStitchedBoundary(probability: number, units: number, alpha: number, options: QuantileStitchingOptions): number {
  const { tuningUnits, gridStep = 0.5, decay = 1.4, epochRatio = 2 } = options;
  requireAlpha(alpha);
  requireEpochs(decay, epochRatio);
  if (!(probability > 0 && probability < 1)) throw new RangeError(`The quantile must lie between 0 and 1, not ${probability}.`);
  if (!(units >= 1 && Number.isFinite(units))) throw new RangeError(`There must be at least 1 unit, not ${units}.`);
  if (!(tuningUnits >= 1 && Number.isFinite(tuningUnits))) throw new RangeError(`The tuning needs at least 1 unit, not ${tuningUnits}.`);
  if (!(gridStep > 0 && Number.isFinite(gridStep))) throw new RangeError(`The step of the grid must be above 0, not ${gridStep}.`);
  const time = Math.max(units, tuningUnits);
  const logit = Math.log(probability / (1 - probability));
  const shift = 2 * gridStep * Math.sqrt((tuningUnits * epochRatio) / time);
  const nearest = probability >= 0.5 ? probability : Math.min(0.5, 1 / (1 + Math.exp(-logit - shift)));
  const variance = nearest * (1 - nearest);
  const cell = (Math.sqrt(time / tuningUnits) * Math.abs(logit)) / (2 * gridStep) + 1;
  const zeta = riemannZeta(decay);
  const epochs = Math.log((epochRatio * time) / tuningUnits) / Math.log(epochRatio);
  const level = decay * Math.log(epochs * cell) + Math.log((2 * zeta * (2 * zeta + 1)) / alpha);
  const spacing = gridStep * Math.sqrt((epochRatio * time * variance) / tuningUnits);
  return spacing + subGammaBound(variance * time, level, (1 - 2 * probability) / 3, epochRatio);
}

/** sqrt(k1^2 v l + (k2 c l)^2) + k2 c l. */
function subGammaBound(variance: number, level: number, scale: number, epochRatio: number): number {
  const k1Squared = (epochRatio ** 0.25 + epochRatio ** -0.25) ** 2 / 2;
  const linear = ((Math.sqrt(epochRatio) + 1) / 2) * scale * level;
  return Math.sqrt(k1Squared * variance * level + linear * linear) + linear;
}

function requireAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha must lie between 0 and 1, not ${alpha}.`);
}

function requireEpochs(decay: number, epochRatio: number): void {
  if (!(decay > 1 && Number.isFinite(decay))) throw new RangeError(`The decay must be above 1, not ${decay}.`);
  if (!(epochRatio > 1 && Number.isFinite(epochRatio))) throw new RangeError(`The ratio of epochs must be above 1, not ${epochRatio}.`);
}
