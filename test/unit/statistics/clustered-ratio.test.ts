import { absoluteLift } from '../../../src/statistics/lift';
import { type ArmEstimate, ratioOfSums } from '../../../src/statistics/ratio-of-sums';
import { welchDegreesOfFreedom, welchTest } from '../../../src/statistics/welch-test';
import { modelComparison } from './model-comparison-numbers';
import { relativeError } from './reference-numbers';

type Cluster = (typeof modelComparison.cluster_ratio_delta)[number]['clusters'][number];

function armOf(clusters: readonly Cluster[]): ArmEstimate {
  const add = (value: (cluster: Cluster) => number) => clusters.reduce((sum, cluster) => sum + value(cluster), 0);
  return ratioOfSums({
    units: clusters.length,
    numerator: add(({ sum }) => sum),
    denominator: add(({ n }) => n),
    numeratorSquared: add(({ sum }) => sum * sum),
    denominatorSquared: add(({ n }) => n * n),
    product: add(({ sum, n }) => sum * n),
  }) as ArmEstimate;
}

describe('cluster-randomised arms', () => {
  it.each(modelComparison.cluster_ratio_delta)('over $clusters.length clusters: ratio of sums with Welch degrees of freedom', (row) => {
    const { clusters, expected } = row;
    const control = armOf(clusters.filter(({ arm }) => arm === 'control'));
    const treatment = armOf(clusters.filter(({ arm }) => arm === 'treatment'));
    expect(relativeError(control.mean, expected.mean_control)).toBeLessThan(1e-12);
    expect(relativeError(treatment.mean, expected.mean_treatment)).toBeLessThan(1e-12);
    expect(relativeError(control.standardError ** 2, expected.var_control)).toBeLessThan(1e-11);
    expect(relativeError(treatment.standardError ** 2, expected.var_treatment)).toBeLessThan(1e-11);
    const lift = absoluteLift(control, treatment);
    expect(relativeError(lift.estimate, expected.difference)).toBeLessThan(1e-11);
    expect(relativeError(lift.standardError, expected.se)).toBeLessThan(1e-11);
    const degreesOfFreedom = welchDegreesOfFreedom(control, treatment);
    expect(relativeError(degreesOfFreedom, expected.dof)).toBeLessThan(1e-10);
    expect(relativeError(welchTest({ lift, degreesOfFreedom, alpha: 0.05 }).pValue, expected.p)).toBeLessThan(1e-10);
  });
});
