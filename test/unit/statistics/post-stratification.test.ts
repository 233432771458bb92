import { absoluteLift, relativeLift } from '../../../src/statistics/lift';
import { MomentMatrix } from '../../../src/statistics/moment-matrix';
import { normalQuantile } from '../../../src/statistics/normal-distribution';
import { postStratifiedLift } from '../../../src/statistics/post-stratification';
import { type ArmEstimate, meanOfSums, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { mergeSparseStrata } from '../../../src/statistics/sparse-strata';
import { minstd, relativeError } from './reference-numbers';

const random = minstd(11);
const normal = () => normalQuantile(random());

/** (M, D, X) around a level, X carrying most of the variance of M. */
const armOf = (units: number, level: number, lift = 0) =>
  MomentMatrix.of(
    Array.from({ length: units }, () => {
      const signal = normal();
      return [level + lift + signal + 0.3 * normal(), 2 + Math.floor(3 * random()), signal];
    }),
  );

const mean = { metric: { numerator: 1, denominator: 0 }, covariates: [] };
const ratio = { metric: { numerator: 1, denominator: 2 }, covariates: [] };

const strata = [
  { control: armOf(300, 1), treatment: armOf(280, 1, 0.1) },
  { control: armOf(120, 6), treatment: armOf(170, 6, 0.1) },
];

const whole = {
  control: strata.map(({ control }) => control).reduce((sum, arm) => sum.merge(arm)),
  treatment: strata.map(({ treatment }) => treatment).reduce((sum, arm) => sum.merge(arm)),
};

describe('postStratifiedLift', () => {
  it('of one stratum is the ordinary lift, of a mean and of a ratio', () => {
    const [control, treatment] = [whole.control, whole.treatment].map((arm) => {
      const [n, m, mm, d, md, dd] = arm.packed as [number, number, number, number, number, number];
      const ofRatio = { units: n, numerator: m, denominator: d, numeratorSquared: mm, denominatorSquared: dd, product: md };
      return { mean: meanOfSums({ units: n, sum: m, sumOfSquares: mm }), ratio: ratioOfSums(ofRatio) };
    }) as [Record<'mean' | 'ratio', ArmEstimate>, Record<'mean' | 'ratio', ArmEstimate>];
    for (const [plan, kind] of [
      [mean, 'mean'],
      [ratio, 'ratio'],
    ] as const) {
      const lift = postStratifiedLift([whole], plan);
      const absolute = absoluteLift(control[kind], treatment[kind]);
      const relative = relativeLift(control[kind], treatment[kind]);
      expect(lift?.absolute.estimate).toBeCloseTo(absolute.estimate, 12);
      expect(relativeError(lift?.absolute.standardError ?? 0, absolute.standardError)).toBeLessThan(1e-10);
      expect(relativeError(lift?.relative?.standardError ?? 0, relative?.standardError ?? 1)).toBeLessThan(1e-10);
    }
  });

  it('is more certain than the ordinary lift when the strata differ, and more so with a covariate', () => {
    const plain = postStratifiedLift([whole], mean)?.absolute.standardError ?? 0;
    const stratified = postStratifiedLift(strata, mean)?.absolute.standardError ?? 0;
    const adjusted = postStratifiedLift(strata, { ...mean, covariates: [3] })?.absolute ?? { estimate: 0, standardError: 0 };
    expect(stratified).toBeLessThan(plain / 2);
    expect(adjusted.standardError).toBeLessThan(stratified / 2);
    expect(Math.abs(adjusted.estimate - 0.1)).toBeLessThan(4 * adjusted.standardError);
  });

  it('leaves a constant covariate out', () => {
    const constant = strata.map(({ control, treatment }) => {
      const widen = (arm: MomentMatrix) =>
        MomentMatrix.fromPacked([...arm.packed, ...[0, 1, 2, 3].map((i) => 5 * arm.sumOfProducts(i, 0)), 25 * arm.units]);
      return { control: widen(control), treatment: widen(treatment) };
    });
    expect(postStratifiedLift(constant, { ...mean, covariates: [4] })).toEqual(postStratifiedLift(strata, mean));
  });

  it('merges strata that cannot be estimated into the largest', () => {
    const lonely = { control: armOf(1, 3), treatment: armOf(40, 3) };
    const lift = postStratifiedLift([lonely, ...strata], mean);
    expect([lift?.strata, lift?.units]).toEqual([2, 870 + 41]);
    const few = { control: armOf(2, 3), treatment: armOf(2, 3) };
    expect(mergeSparseStrata([few, ...strata], [1, 2], [3])).toHaveLength(2);
    expect(mergeSparseStrata([few, ...strata], [1], [3])).toHaveLength(3);
  });

  it('says nothing with one unit in an arm, or without denominators', () => {
    expect(postStratifiedLift([{ control: armOf(1, 1), treatment: armOf(9, 1) }], mean)).toBeNull();
    const empty = MomentMatrix.of([
      [1, 0],
      [2, 0],
    ]);
    expect(postStratifiedLift([{ control: empty, treatment: empty }], ratio)).toBeNull();
    const few = { control: armOf(2, 3), treatment: armOf(2, 3) };
    expect(postStratifiedLift([few], { ...ratio, covariates: [3] })).toBeNull();
  });

  it('refuses no strata', () => {
    expect(() => postStratifiedLift([], mean)).toThrow(RangeError);
  });
});
