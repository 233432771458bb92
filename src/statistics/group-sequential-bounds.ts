import { type AlphaSpending, spentAlpha } from './alpha-spending';
import { gaussLegendre, type QuadratureRule } from './gauss-legendre';
import { normalDensity, normalQuantile, normalSurvival } from './normal-distribution';

export interface GroupSequentialPlan {
  /** Of each look: information so far over what is planned, rising; the sample size will do. Above 1 when the plan is overrun. */
  readonly informationFractions: readonly number[];
  /** Of all looks and sides together. */
  readonly alpha: number;
  /** 1: only values above the bound reject. 2: also those below its negative. */
  readonly sides: 1 | 2;
  readonly spending: AlphaSpending;
}

export interface GroupSequentialLook {
  readonly informationFraction: number;
  /** Spent until and with this look. */
  readonly cumulativeAlpha: number;
  /** A difference is shown when z = estimate / standard error is beyond it; Infinity when nothing is left to spend. */
  readonly zBound: number;
  /** The level of an ordinary test with that bound: compare p with it, or take 1 - it as the level of the interval. */
  readonly nominalAlpha: number;
}

/** The sub-density of the score S = z sqrt(t) among the runs that have not stopped: quadrature weights times density, at rising points. */
interface Survivors {
  readonly points: Float64Array;
  readonly masses: Float64Array;
}

const pointsOfPanel = 16;
/** Of a panel, in standard deviations of an increment: 4 points each leave a quadrature error below 1e-13. */
const panelWidth = 4;
/** Beyond so many standard deviations a normal tail is left out: 1e-23 above, where a tiny error may have to be found, 1e-15 below. */
const [reachAbove, reachBelow, kernelReach] = [10, 8, 9];
const leastStep = 1e-15;

/**
 * Exact bounds for looks that were planned: P(some |z_k| >= bound_k) = alpha when nothing differs, with what `spending` allows spent at every
 * look. More powerful than an always-valid sequence for the few looks of a plan; no promise for other looks.
 *
 * The score is a Brownian motion seen at the information fractions. f_k(y) = integral of f_(k-1)(x) phi((y - x) / d) / d over the region where
 * look k - 1 goes on, d^2 = t_k - t_(k-1); bound k is the root of the mass of f_k beyond it (Newton on its logarithm, which is concave).
 * Sources: Armitage, McPherson, Rowe, JRSS A 132 (1969); Lan, DeMets, Biometrika 70 (1983); Jennison, Turnbull, Group Sequential Methods
 * (2000), chapter 19. Gauss-Legendre panels of 4 d; error of each z below 1e-9. A step that spends less than 1e-15 gets the quantile of that
 * step alone, which is never too small.
 *
 * Cost: about sqrt(t / d^2) points a look; a plan of 200 looks takes some tenths of a second.
 *
 * @throws RangeError when there is no look, the fractions are not above 0 or do not rise by at least 1e-7, or as `spentAlpha`.
 * @example
 * groupSequentialBounds({ informationFractions: [0.5, 1], alpha: 0.05, sides: 2, spending: { kind: 'obrien-fleming' } })
 *   .map(({ zBound }) => zBound); // [2.96258..., 1.96859...]
 */
export function groupSequentialBounds(plan: GroupSequentialPlan): readonly GroupSequentialLook[] {
  const { informationFractions: fractions, alpha, sides, spending } = plan;
  requireFractions(fractions);
  const rule = gaussLegendre(pointsOfPanel);
  let survivors: Survivors = { points: Float64Array.of(0), masses: Float64Array.of(1) };
  let spentBefore = 0;
  return fractions.map((fraction, look) => {
    const cumulativeAlpha = spentAlpha(spending, { alpha, sides, fraction: Math.min(1, fraction) });
    const deviation = Math.sqrt(fraction - (fractions[look - 1] ?? 0));
    const bound = boundOf(survivors, deviation, Math.sqrt(fraction), (cumulativeAlpha - spentBefore) / sides);
    const next = fractions[look + 1];
    if (next !== undefined) {
      const reach = Math.min(bound, reachAbove * Math.sqrt(fraction));
      const low = sides === 2 ? -reach : -reachBelow * Math.sqrt(fraction);
      const panel = panelWidth * Math.min(deviation, Math.sqrt(next - fraction));
      survivors = survivorsOf(survivors, deviation, panelsOver(low, reach, panel, rule));
    }
    spentBefore = cumulativeAlpha;
    const zBound = bound / Math.sqrt(fraction);
    return { informationFraction: fraction, cumulativeAlpha, zBound, nominalAlpha: sides * normalSurvival(zBound) };
  });
}

/** The score b with P(S_k >= b, not stopped before) = step. */
function boundOf({ points, masses }: Survivors, deviation: number, rootOfFraction: number, step: number): number {
  if (step <= 0) return Number.POSITIVE_INFINITY;
  // What is beyond it if no run had stopped, so never left of the root.
  const alone = -normalQuantile(step) * rootOfFraction;
  if (step < leastStep) return alone;
  // Further out the mass would underflow; there it is far below any step.
  let bound = Math.min(alone, (points.at(-1) as number) + 30 * deviation);
  for (let iteration = 0; iteration < 200; iteration++) {
    let beyond = 0;
    let density = 0;
    for (let j = points.length - 1; j >= 0; j--) {
      const distance = (bound - (points[j] as number)) / deviation;
      if (distance > 37) break;
      beyond += (masses[j] as number) * normalSurvival(distance);
      density += ((masses[j] as number) * normalDensity(distance)) / deviation;
    }
    const move = ((Math.log(beyond) - Math.log(step)) * beyond) / density;
    bound += move;
    if (Math.abs(move) < 1e-14 * Math.max(1, Math.abs(bound))) break;
  }
  return bound;
}

/** Points and weights of panels that cover low..high. */
function panelsOver(low: number, high: number, widest: number, { nodes, weights }: QuadratureRule): Survivors {
  const panels = Math.ceil((high - low) / widest);
  const half = (high - low) / panels / 2;
  const points = new Float64Array(panels * nodes.length);
  const masses = new Float64Array(points.length);
  for (let j = 0; j < points.length; j++) {
    const panel = Math.floor(j / nodes.length);
    points[j] = low + half * (2 * panel + 1 + (nodes[j % nodes.length] as number));
    masses[j] = half * (weights[j % nodes.length] as number);
  }
  return { points, masses };
}

/** The next sub-density at the points of `grid`, whose masses are still plain weights. */
function survivorsOf({ points, masses }: Survivors, deviation: number, grid: Survivors): Survivors {
  const scale = 1 / (deviation * Math.sqrt(2 * Math.PI));
  const halfPrecision = -0.5 / (deviation * deviation);
  let first = 0;
  const moved = grid.points.map((y, at) => {
    while (first < points.length && (points[first] as number) < y - kernelReach * deviation) first++;
    let density = 0;
    for (let j = first; j < points.length; j++) {
      const distance = y - (points[j] as number);
      if (distance < -kernelReach * deviation) break;
      density += (masses[j] as number) * Math.exp(halfPrecision * distance * distance);
    }
    return (grid.masses[at] as number) * density * scale;
  });
  return { points: grid.points, masses: moved };
}

function requireFractions(fractions: readonly number[]): void {
  if (fractions.length === 0) throw new RangeError('A plan needs at least one look.');
  fractions.forEach((fraction, look) => {
    if (Number.isFinite(fraction) && fraction - (fractions[look - 1] ?? 0) >= 1e-7) return;
    throw new RangeError(
      `The information fractions must rise from above 0 by at least 1e-7, which look ${look + 1} (${fraction}) does not.`,
    );
  });
}
