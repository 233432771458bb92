import { defaultBanditRule } from '../../src/statistics/bandit-weights';
import { normalCdf } from '../../src/statistics/normal-distribution';
import { BanditTrial } from './bandit-trial';
import { BernoulliTrial, type Counts } from './bernoulli-trial';
import { CupedTrial } from './cuped-trial';
import type { Draws } from './draws';
import { MeanTrial, type UnitValue } from './mean-trial';
import { QuantileTrial } from './quantile-trial';
import type { ArmIndex, Setting } from './setting';
import { SplitTrial } from './split-trial';

const largestCluster = 200;

export const settings: readonly Setting[] = [
  proportion('proportion-50', [0.5, 0.55], 0.5),
  proportion('proportion-2', [0.02, 0.03], 0.5),
  proportion('proportion-2-tenth', [0.02, 0.06], 0.1),
  lognormal('lognormal-1-tenth', { sigma: 1, factor: 1.6, treatmentShare: 0.1 }),
  lognormal('lognormal-2', { sigma: 2, factor: 1.6, treatmentShare: 0.5 }),
  lognormal('lognormal-2-tenth', { sigma: 2, factor: 1.6, treatmentShare: 0.1 }),
  lognormal('lognormal-2-tripled', { sigma: 2, factor: 3, treatmentShare: 0.5 }),
  lognormal('capped-2-tripled', { sigma: 2, factor: 3, treatmentShare: 0.5, cap: 100 }),
  clustered('clustered-ratio', 0.5),
  clustered('clustered-ratio-tenth', 0.1),
  adjusted('cuped', 0.5),
  adjusted('cuped-tenth', 0.1),
  adjustedLognormal('cuped-lognormal-1-tenth', { factor: 1.6, treatmentShare: 0.1 }),
  bandit('bandit'),
  exact('exact-50', [0.5, 0.55], { share: 0.5 }),
  exact('exact-2', [0.02, 0.03], { share: 0.5 }),
  exact('exact-2-tenth', [0.02, 0.06], { share: 0.1 }),
  exact('exact-10-bandit', [0.1, 0.13], { share: 'bandit' }),
  latency('latency-p95', 0.5),
  split('split'),
];

function proportion(name: string, [low, high]: readonly [number, number], treatmentShare: number): Setting {
  const start = (draws: Draws, isDifferent: boolean) => {
    const probabilities = [low, isDifferent ? high : low] as const;
    const draw = (arm: ArmIndex) => ({ numerator: Number(draws.chance(probabilities[arm])), denominator: 1 });
    return new MeanTrial(draws, { treatmentShare, truth: probabilities[1] - low, draw });
  };
  return { name, description: `mean of 0 or 1 a unit, ${low} against ${high}`, treatmentShare, start };
}

interface LognormalOptions {
  readonly sigma: number;
  /** What the treatment's values are multiplied by. */
  readonly factor: number;
  readonly treatmentShare: number;
  /** Larger values count as this. */
  readonly cap?: number;
}

/** With sigma 2 the skewness is 414: the mean of a small sample is nearly always too small. */
function lognormal(name: string, { sigma, factor, treatmentShare, cap = Number.POSITIVE_INFINITY }: LognormalOptions): Setting {
  const start = (draws: Draws, isDifferent: boolean) => {
    const scale = isDifferent ? factor : 1;
    const truth = cappedMean(sigma, scale, cap) - cappedMean(sigma, 1, cap);
    const draw = (arm: ArmIndex) => ({
      numerator: Math.min(cap, (arm === 1 ? scale : 1) * Math.exp(sigma * draws.normal())),
      denominator: 1,
    });
    return new MeanTrial(draws, { treatmentShare, truth, draw });
  };
  const capped = Number.isFinite(cap) ? `, capped at ${cap}` : '';
  return { name, description: `mean of a lognormal value of sigma ${sigma}${capped}, against ${factor} times it`, treatmentShare, start };
}

/** E min(scale X, cap), ln X normal. */
function cappedMean(sigma: number, scale: number, cap: number): number {
  const mean = scale * Math.exp((sigma * sigma) / 2);
  if (!Number.isFinite(cap)) return mean;
  const z = Math.log(cap / scale) / sigma;
  return mean * normalCdf(z - sigma) + cap * normalCdf(-z);
}

/** Units of 1 to 200 predictions (as many of 1..2 as of 100..200), large ones less accurate, and units differ. */
function clustered(name: string, treatmentShare: number): Setting {
  const effect = 0.03;
  const start = (draws: Draws, isDifferent: boolean) => {
    const truth = isDifferent ? effect : 0;
    const draw = (arm: ArmIndex): UnitValue => {
      const predictions = Math.floor(Math.exp(draws.uniform() * Math.log(largestCluster + 1)));
      const accuracy = 0.9 - 0.1 * (predictions / largestCluster) + (draws.chance(0.5) ? 0.05 : -0.05) + arm * truth;
      return { numerator: predictions - draws.binomial(predictions, 1 - accuracy), denominator: predictions };
    };
    return new MeanTrial(draws, { treatmentShare, truth, draw });
  };
  const description = `accuracy over units of 1 to ${largestCluster} predictions, against ${effect} more`;
  return { name, description, treatmentShare, start };
}

function exact(name: string, [low, high]: readonly [number, number], { share }: { readonly share: number | 'bandit' }): Setting {
  const assign = share === 'bandit' ? greedy : (draws: Draws): ArmIndex => (draws.chance(share) ? 1 : 0);
  const start = (draws: Draws, isDifferent: boolean) =>
    new BernoulliTrial(draws, { probabilities: [low, isDifferent ? high : low], tuningUnits: 2_500, assign });
  const arms = share === 'bandit' ? ', assigned greedily (10% at random)' : '';
  const description = `one 0 or 1 a unit, ${low} against ${high}${arms}; exact Bernoulli sequence`;
  return { name, description, treatmentShare: share === 'bandit' ? 0.05 : share, start };
}

/** The arm with more successes so far, but every tenth unit at random: the most biasing of the usual rules. */
function greedy(draws: Draws, [control, treatment]: readonly [Counts, Counts]): ArmIndex {
  if (draws.chance(0.1)) return draws.chance(0.5) ? 1 : 0;
  const rate = ({ successes, units }: Counts) => (successes + 1) / (units + 2);
  return rate(treatment) > rate(control) ? 1 : 0;
}

/** Bins of 2% of the latency; the treatment's latencies are 8 bins (17%) longer. */
function latency(name: string, treatmentShare: number): Setting {
  const [bins, slower] = [300, 8];
  const start = (draws: Draws, isDifferent: boolean) => {
    const truth = isDifferent ? slower : 0;
    const draw = (arm: ArmIndex) => 130 + (0.5 / 0.02) * draws.normal() + arm * truth;
    return new QuantileTrial(draws, { treatmentShare, quantile: 0.95, tuningUnits: 2_500, bins, draw, truth });
  };
  return { name, description: 'p95 of a lognormal latency of sigma 0.5, against 1.17 times it; quantile A/B test', treatmentShare, start };
}

function split(name: string): Setting {
  const start = (draws: Draws, isDifferent: boolean) => new SplitTrial(draws, isDifferent ? 0.53 : 0.5);
  return { name, description: 'half of the units in each arm, against 53% in one; always-valid sample ratio', treatmentShare: 0.5, start };
}

/** A skewed value that its covariate from before predicts. */
function adjusted(name: string, treatmentShare: number): Setting {
  const effect = 0.05;
  const start = (draws: Draws, isDifferent: boolean) => {
    const truth = isDifferent ? effect : 0;
    const draw = (arm: ArmIndex) => {
      const before = Math.exp(draws.normal() / 2);
      return [before + 0.45 * (Math.exp(draws.normal() / 2) - 1) + arm * truth, before] as const;
    };
    return new CupedTrial(draws, { treatmentShare, truth, draw });
  };
  const description = `skewed value with a covariate of correlation about 0.9, against ${effect} more; CUPED`;
  return { name, description, treatmentShare, start };
}

/** Lognormal before and after, sigma 1, correlation 0.8 of the logarithms; the treatment multiplies, so that no line fits both arms. */
function adjustedLognormal(name: string, { factor, treatmentShare }: Pick<LognormalOptions, 'factor' | 'treatmentShare'>): Setting {
  const start = (draws: Draws, isDifferent: boolean) => {
    const scale = isDifferent ? factor : 1;
    const draw = (arm: ArmIndex) => {
      const before = draws.normal();
      return [(arm === 1 ? scale : 1) * Math.exp(0.8 * before + 0.6 * draws.normal()), Math.exp(before)] as const;
    };
    return new CupedTrial(draws, { treatmentShare, truth: (scale - 1) * Math.exp(0.5), draw });
  };
  const description = `lognormal value of sigma 1 with a lognormal covariate of correlation about 0.7, against ${factor} times it; CUPED`;
  return { name, description, treatmentShare, start };
}

/** The metric goes up and down from period to period, by more than the arms differ. */
function bandit(name: string): Setting {
  const effect = 0.05;
  const start = (draws: Draws, isDifferent: boolean) => {
    const truth = isDifferent ? effect : 0;
    const draw = (arm: ArmIndex, period: number) => Number(draws.chance(0.4 + 0.15 * Math.sin(period) + arm * truth));
    return new BanditTrial(draws, { rule: { ...defaultBanditRule, floor: 0.1 }, periodUnits: 800, truth, draw });
  };
  const description = `Thompson sampling, floor 10%, periods of 800 units, a share that drifts, against ${effect} more; stratified`;
  return { name, description, treatmentShare: 0.5, start };
}
