import fc from 'fast-check';
import { betaBinomialBoundary, logBetaBinomialMixture, tunedConcentration } from '../../../src/statistics/beta-binomial-mixture';
import { empiricalProcessBound, tightEmpiricalProcessBound } from '../../../src/statistics/empirical-process-bound';
import { type GammaMixtureKind, gammaMixtureBoundary, logGammaMixture } from '../../../src/statistics/gamma-mixture';
import { logNormalMixture, normalMixtureBoundary, tunedPrecision } from '../../../src/statistics/normal-mixture';
import { riemannZeta } from '../../../src/statistics/riemann-zeta';
import { quantileStitchedBoundary, stitchedBoundary } from '../../../src/statistics/stitched-boundary';
import { referenceNumbers, relativeError } from './reference-numbers';

interface Args {
  readonly [name: string]: number | boolean;
}
interface Row {
  readonly function: string;
  readonly args: Args;
  readonly expected?: number;
  /** What the source's own test asserts, to 1e-5. */
  readonly upstream?: number;
}

const { boundaries, eValues } = {
  ...referenceNumbers<{ boundaries: Row[] }>('confidence-sequences'),
  ...referenceNumbers<{ eValues: { rho: number; sampleSize: number; z: number; eValue: number; pValue: number }[] }>('sequential-tests'),
};

const sidesOf = (args: Args) => (args.one_sided ? 1 : 2);
const normal = (args: Args) => {
  const sides = sidesOf(args);
  return { sides, precision: tunedPrecision({ variance: Number(args.v_opt), alpha: Number(args.alpha_opt), sides }) } as const;
};
const gamma = (kind: GammaMixtureKind, args: Args) => ({
  kind,
  scale: Number(args.c),
  precision: tunedPrecision({ variance: Number(args.v_opt), alpha: Number(args.alpha_opt), sides: 1 }),
});
const beta = (args: Args) => {
  const [down, up, sides] = [Number(args.g), Number(args.h), sidesOf(args)] as const;
  const concentration = tunedConcentration({ units: Number(args.v_opt) / (down * up), alpha: Number(args.alpha_opt), sides });
  return { down, up, sides, concentration } as const;
};
const stitching = (args: Args) => ({ decay: Number(args.s), epochRatio: Number(args.eta) });

const functions: Readonly<Record<string, (args: Args, values: Readonly<Record<'s' | 'v' | 'alpha' | 't', number>>) => number>> = {
  best_rho_two_sided: ({ v_opt, alpha_opt }) => tunedPrecision({ variance: Number(v_opt), alpha: Number(alpha_opt), sides: 2 }),
  normal_log_mixture: (args, { s, v }) => logNormalMixture(s, v, normal(args)),
  normal_mixture_bound: (args, { v, alpha }) => normalMixtureBoundary(v, alpha, normal(args)),
  gamma_exponential_log_mixture: (args, { s, v }) => logGammaMixture(s, v, gamma('exponential', args)),
  gamma_exponential_mixture_bound: (args, { v, alpha }) => gammaMixtureBoundary(v, alpha, gamma('exponential', args)),
  gamma_poisson_log_mixture: (args, { s, v }) => logGammaMixture(s, v, gamma('poisson', args)),
  gamma_poisson_mixture_bound: (args, { v, alpha }) => gammaMixtureBoundary(v, alpha, gamma('poisson', args)),
  beta_binomial_log_mixture: (args, { s, v }) => logBetaBinomialMixture(s, v, beta(args)),
  beta_binomial_mixture_bound: (args, { v, alpha }) => betaBinomialBoundary(v, alpha, beta(args)),
  poly_stitching_bound: (args, { v, alpha }) =>
    stitchedBoundary(v, alpha, { firstVariance: Number(args.v_min), scale: Number(args.c), ...stitching(args) }),
  double_stitching_bound: (args, { t, alpha }) =>
    quantileStitchedBoundary(Number(args.quantile_p), t, alpha, {
      tuningUnits: Number(args.t_opt),
      gridStep: Number(args.delta),
      ...stitching(args),
    }),
  empirical_process_lil_bound: (args, { t, alpha }) =>
    tightEmpiricalProcessBound(t, { alpha, firstUnits: Number(args.t_min), factor: Number(args.A) }),
  empirical_process_closed_form: (args, { t, alpha }) => empiricalProcessBound(t, { alpha, firstUnits: Number(args.t_min) }),
};

describe('time-uniform boundaries', () => {
  it.each(boundaries.map((row) => [`${row.function} ${JSON.stringify(row.args)}`, row] as const))('%s', (_, row) => {
    const value = functions[row.function]?.(row.args, row.args as Readonly<Record<'s' | 'v' | 'alpha' | 't', number>>) as number;
    if (row.expected !== undefined) expect(relativeError(value, row.expected)).toBeLessThan(1e-9);
    if (row.upstream !== undefined) expect(Math.abs(value - row.upstream)).toBeLessThan(1e-5);
  });

  it.each(eValues)(
    'the normal mixture is the e-value of the asymptotic confidence sequence: %j',
    ({ rho, sampleSize, z, eValue, pValue }) => {
      const logEValue = logNormalMixture(z * Math.sqrt(sampleSize), sampleSize, { precision: 1 / (rho * rho), sides: 2 });
      expect(relativeError(Math.exp(logEValue), eValue)).toBeLessThan(1e-12);
      expect(relativeError(Math.min(1, Math.exp(-logEValue)), pValue)).toBeLessThan(1e-12);
    },
  );

  const tuned = { precision: 12.6, sides: 1 } as const;
  const steps = { down: 0.3, up: 0.7, concentration: 50 } as const;
  const rising: readonly (readonly [name: string, boundary: (time: number, alpha: number) => number])[] = [
    ['normal, one side', (time, alpha) => normalMixtureBoundary(time, alpha, tuned)],
    ['normal, two sides', (time, alpha) => normalMixtureBoundary(time, alpha, { ...tuned, sides: 2 })],
    ['gamma-exponential', (time, alpha) => gammaMixtureBoundary(time, alpha, { kind: 'exponential', scale: 2, precision: 12.6 })],
    ['gamma-Poisson', (time, alpha) => gammaMixtureBoundary(time, alpha, { kind: 'poisson', scale: 2, precision: 12.6 })],
    ['beta-binomial, one side', (time, alpha) => betaBinomialBoundary(time, alpha, { ...steps, sides: 1 })],
    ['beta-binomial, two sides', (time, alpha) => betaBinomialBoundary(time, alpha, { ...steps, sides: 2 })],
    ['stitched', (time, alpha) => stitchedBoundary(time, alpha, { firstVariance: 5, scale: 1 })],
    ['stitched quantiles', (time, alpha) => quantileStitchedBoundary(0.8, 1 + time, alpha, { tuningUnits: 40 })],
    ['empirical process', (time, alpha) => (1 + time) * empiricalProcessBound(1 + time, { alpha, firstUnits: 1 })],
  ];

  it.each(rising)('%s: rises with time and falls with alpha', (_, boundary) => {
    const time = fc.double({ min: 0.5, max: 1e5, noNaN: true });
    const alpha = fc.double({ min: 1e-6, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(time, time, alpha, alpha, (one, other, oneAlpha, otherAlpha) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        const [strict, lax] = [Math.min(oneAlpha, otherAlpha), Math.max(oneAlpha, otherAlpha)];
        expect(boundary(late, strict)).toBeGreaterThanOrEqual(boundary(early, strict) * (1 - 1e-9));
        expect(boundary(early, strict)).toBeGreaterThanOrEqual(boundary(early, lax) * (1 - 1e-9));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['the time to tune for', () => tunedPrecision({ variance: 0, alpha: 0.05, sides: 2 })],
    ['alpha of one side', () => tunedPrecision({ variance: 1, alpha: 0.5, sides: 1 })],
    ['the sum', () => logNormalMixture(Number.NaN, 1, tuned)],
    ['the time', () => logNormalMixture(1, -1, tuned)],
    ['the precision', () => normalMixtureBoundary(1, 0.05, { precision: 0, sides: 2 })],
    ['alpha', () => normalMixtureBoundary(1, 0, tuned)],
    ['a sum below 0', () => logGammaMixture(-1, 1, { kind: 'poisson', scale: 1, precision: 1 })],
    ['the time of a gamma mixture', () => logGammaMixture(1, -1, { kind: 'poisson', scale: 1, precision: 1 })],
    ['the scale', () => gammaMixtureBoundary(1, 0.05, { kind: 'poisson', scale: 0, precision: 1 })],
    ['the precision of a gamma mixture', () => gammaMixtureBoundary(1, 0.05, { kind: 'poisson', scale: 1, precision: 0 })],
    ['alpha of a gamma mixture', () => gammaMixtureBoundary(1, 1, { kind: 'poisson', scale: 1, precision: 1 })],
    ['a sum that cannot be', () => logBetaBinomialMixture(10, 1, { ...steps, sides: 2 })],
    ['the range of a step', () => logBetaBinomialMixture(0, 1, { ...steps, sides: 2, down: 0 })],
    ['the concentration', () => logBetaBinomialMixture(0, 1, { ...steps, sides: 2, concentration: 0 })],
    ['the time of a beta mixture', () => logBetaBinomialMixture(0, -1, { ...steps, sides: 2 })],
    ['alpha of a beta mixture', () => betaBinomialBoundary(1, 0, { ...steps, sides: 2 })],
    ['the first time', () => stitchedBoundary(1, 0.05, { firstVariance: 0, scale: 1 })],
    ['the decay', () => stitchedBoundary(1, 0.05, { firstVariance: 1, scale: 1, decay: 1 })],
    ['the epochs', () => stitchedBoundary(1, 0.05, { firstVariance: 1, scale: 1, epochRatio: 1 })],
    ['the scale of a stitched boundary', () => stitchedBoundary(1, 0.05, { firstVariance: 1, scale: Number.NaN })],
    ['the time of a stitched boundary', () => stitchedBoundary(-1, 0.05, { firstVariance: 1, scale: 1 })],
    ['alpha of a stitched boundary', () => stitchedBoundary(1, 0, { firstVariance: 1, scale: 1 })],
    ['the quantile', () => quantileStitchedBoundary(0, 10, 0.05, { tuningUnits: 10 })],
    ['the units', () => quantileStitchedBoundary(0.5, 0, 0.05, { tuningUnits: 10 })],
    ['the tuning', () => quantileStitchedBoundary(0.5, 10, 0.05, { tuningUnits: 0 })],
    ['the grid', () => quantileStitchedBoundary(0.5, 10, 0.05, { tuningUnits: 10, gridStep: 0 })],
    ['alpha of the empirical process', () => empiricalProcessBound(10, { alpha: 0, firstUnits: 1 })],
    ['its first units', () => tightEmpiricalProcessBound(10, { alpha: 0.05, firstUnits: 0 })],
    ['its factor', () => tightEmpiricalProcessBound(10, { alpha: 0.05, firstUnits: 1, factor: 0.7 })],
    ['an argument of zeta', () => riemannZeta(1)],
  ])('refuse %s that is out of its range', (_, call) => {
    expect(call).toThrow(RangeError);
  });

  it('say nothing of the empirical process before its first look', () => {
    expect(empiricalProcessBound(9, { alpha: 0.05, firstUnits: 10 })).toBe(Infinity);
    expect(tightEmpiricalProcessBound(9, { alpha: 0.05, firstUnits: 10 })).toBe(Infinity);
  });
});

describe('riemannZeta', () => {
  it.each([
    [1.1, 10.5844484649508],
    [1.4, 3.105547277977581],
    [2, Math.PI ** 2 / 6],
    [4, Math.PI ** 4 / 90],
    [30, 1.0000000009313275],
  ])('of %d', (s, value) => {
    expect(relativeError(riemannZeta(s), value)).toBeLessThan(1e-14);
  });
});
