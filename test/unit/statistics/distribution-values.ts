import { betaCdf, betaQuantile, betaSurvival } from '../../../src/statistics/beta-distribution';
import { binomialCdf, binomialProbability, binomialSurvival } from '../../../src/statistics/binomial-distribution';
import { chiSquaredCdf, chiSquaredSurvival, chiSquaredUpperQuantile } from '../../../src/statistics/chi-squared-distribution';
import { fCdf, fSurvival } from '../../../src/statistics/f-distribution';
import {
  hypergeometricCdf,
  hypergeometricProbability,
  hypergeometricSurvival,
  type Urn,
} from '../../../src/statistics/hypergeometric-distribution';
import { regularisedGammaP, regularisedGammaQ } from '../../../src/statistics/incomplete-gamma';
import { kolmogorovCdf, kolmogorovSurvival } from '../../../src/statistics/kolmogorov-distribution';
import { normalCdf, normalQuantile, normalSurvival } from '../../../src/statistics/normal-distribution';
import { poissonCdf, poissonProbability, poissonSurvival } from '../../../src/statistics/poisson-distribution';
import { erf, erfc, lgamma } from '../../../src/statistics/special-functions';
import { studentTCdf, studentTQuantile, studentTSurvival } from '../../../src/statistics/student-t-distribution';
import { referenceNumbers } from './reference-numbers';

type Arguments = readonly [number, number, number, number];

const urn = (population: number, successes: number, draws: number): Urn => ({ population, successes, draws });

/** Every function that the reference numbers have, by the name that they have there. */
const functions: Readonly<Record<string, (...args: Arguments) => number>> = {
  kolmogorov_sf: kolmogorovSurvival,
  kolmogorov_cdf: kolmogorovCdf,
  norm_sf: normalSurvival,
  norm_cdf: normalCdf,
  norm_isf: (p) => -normalQuantile(p),
  erf,
  erfc,
  lgamma,
  gamma_cdf: (x, a) => regularisedGammaP(a, x),
  gamma_sf: (x, a) => regularisedGammaQ(a, x),
  chi2_sf: chiSquaredSurvival,
  chi2_cdf: chiSquaredCdf,
  chi2_isf: chiSquaredUpperQuantile,
  t_sf: studentTSurvival,
  t_cdf: studentTCdf,
  t_isf: (p, df) => -studentTQuantile(p, df),
  beta_cdf: (x, a, b) => betaCdf(x, a, b),
  beta_sf: (x, a, b) => betaSurvival(x, a, b),
  beta_ppf: betaQuantile,
  f_sf: fSurvival,
  f_cdf: fCdf,
  binom_sf: binomialSurvival,
  binom_cdf: binomialCdf,
  binom_pmf: binomialProbability,
  poisson_sf: poissonSurvival,
  poisson_cdf: poissonCdf,
  poisson_pmf: poissonProbability,
  hypergeom_sf: (k, population, successes, draws) => hypergeometricSurvival(k, urn(population, successes, draws)),
  hypergeom_cdf: (k, population, successes, draws) => hypergeometricCdf(k, urn(population, successes, draws)),
  hypergeom_pmf: (k, population, successes, draws) => hypergeometricProbability(k, urn(population, successes, draws)),
};

export interface DistributionValue {
  readonly label: string;
  readonly name: string;
  readonly args: Arguments;
  readonly value: number;
  /** log10 of the exact value: where that is near 1, the only trace of the other tail. */
  readonly log10?: number;
}

export function distributionValues(file: 'distribution-functions' | 'distribution-extremes'): DistributionValue[] {
  const sections = Object.entries(referenceNumbers<Record<string, Omit<DistributionValue, 'label' | 'name'>[]>>(file));
  return sections.flatMap(([name, values]) => values.map((row) => ({ ...row, name, label: `${name}(${row.args.join(', ')})` })));
}

/** What our function makes of the arguments. */
export function computed({ name, args }: DistributionValue): number {
  return functionOf(name)(...args);
}

/** The tail on the other side of `name`, where there is such a function. */
export function otherTail({ name, args }: DistributionValue): number {
  return functionOf(name.endsWith('_sf') ? name.replace('_sf', '_cdf') : name.replace('_cdf', '_sf'))(...args);
}

function functionOf(name: string): (...args: Arguments) => number {
  const found = functions[name];
  if (found === undefined) throw new Error(`No function is known as ${name}.`);
  return found;
}
