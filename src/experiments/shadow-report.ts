import { type McNemarTest, mcnemarTest, type PairedCorrectness } from '../statistics/mcnemar';
import { type ModelAgreement, modelAgreement } from '../statistics/model-agreement';
import { type PairedSums, pairedVarianceRatio } from '../statistics/paired-difference';
import { type PopulationStability, populationStabilityIndex } from '../statistics/population-stability-index';
import { confidenceBins } from './paired-facts';
import { type PairedArm, type PairedCount, pairedPositions } from './paired-sums';

/** How a shadow compares with the control beside the metrics; of single pairs, over all units or a segment. */
export interface ShadowReport {
  readonly variant: string;
  /** Inputs that both versions were given. */
  readonly pairs: number;
  /** Pairs / predictions of the control; below 1 where shadows were shed or are still to come. Null without predictions. */
  readonly coverage: number | null;
  /** Labelled pairs by who was right, with McNemar's test: of pairs, so it is for units with one prediction each. */
  readonly correctness: (PairedCorrectness & McNemarTest) | null;
  /** Null for models without classes. */
  readonly agreement: ShadowAgreement | null;
  /** How far apart the two distributions of confidence are. */
  readonly confidenceShift: PopulationStability | null;
  /** Preparing, computing and reading an answer, without waiting. */
  readonly serviceMs: { readonly control: number; readonly treatment: number } | null;
  /** Variance of the primary metric's paired difference / that of a split with as many units in each arm: what pairing saves. */
  readonly varianceRatio: number | null;
  /** How many units an A/B test with two equal arms would need for what the units of the pairs have told of the primary metric. */
  readonly unitsOfSplit: number | null;
}

/** How far two versions answer alike. `kappa` is null for more than 50 classes too, and where the versions number them differently. */
export type ShadowAgreement = Pick<ModelAgreement, 'agreement' | 'kappa' | 'pairs'>;

/** @param predictions of the control. */
export function shadowReport(arm: PairedArm, primaryMetric: string, predictions: number): ShadowReport {
  const pairs = sumOf(arm, 'error_rate')?.pairs ?? 0;
  const latency = sumOf(arm, 'latency_ms');
  const varianceRatio = varianceRatioOf(arm, primaryMetric);
  const units = arm.moments[primaryMetric]?.units ?? 0;
  return {
    variant: arm.variant,
    pairs,
    coverage: predictions > 0 ? Math.min(1, pairs / predictions) : null,
    correctness: correctnessOf(arm.counts.correct),
    agreement: agreementOf(arm),
    confidenceShift: shiftOf(arm.counts.confidence),
    serviceMs: latency && { control: latency.control / latency.pairs, treatment: latency.treatment / latency.pairs },
    varianceRatio,
    unitsOfSplit: varianceRatio !== null && varianceRatio > 0 ? (2 * units) / varianceRatio : null,
  };
}

function sumOf({ moments }: PairedArm, metric: string) {
  const sums = moments[metric];
  if (!sums || sums.units === 0) return null;
  const { pairs, control, treatment } = pairedPositions;
  return { pairs: sums.sumOfProducts(pairs, 0), control: sums.sumOfProducts(control, 0), treatment: sums.sumOfProducts(treatment, 0) };
}

function correctnessOf(counts: readonly PairedCount[]): ShadowReport['correctness'] {
  const cell = (control: number, treatment: number) =>
    counts.find(({ controlBin, treatmentBin }) => controlBin === control && treatmentBin === treatment)?.pairs ?? 0;
  const found: PairedCorrectness = {
    bothCorrect: cell(1, 1),
    onlyControlCorrect: cell(1, 0),
    onlyTreatmentCorrect: cell(0, 1),
    neitherCorrect: cell(0, 0),
  };
  const labelled = counts.reduce((sum, { pairs }) => sum + pairs, 0);
  return labelled === 0 ? null : { ...found, ...mcnemarTest(found) };
}

/** Where versions number their classes differently, some pairs stand in no joint table: then only the share is known, by the labels. */
function agreementOf(arm: PairedArm): ShadowAgreement | null {
  const both = sumOf(arm, 'agreement');
  if (!both) return null;
  const joint = modelAgreement(jointTable(arm.counts.class));
  return { agreement: both.treatment / both.pairs, kappa: joint?.pairs === both.pairs ? joint.kappa : null, pairs: both.pairs };
}

function jointTable(counts: readonly PairedCount[]): number[][] {
  const size = counts.reduce((most, { controlBin, treatmentBin }) => Math.max(most, controlBin + 1, treatmentBin + 1), 0);
  const table = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const { controlBin, treatmentBin, pairs } of counts) (table[controlBin] as number[])[treatmentBin] = pairs;
  return table;
}

/** Only bins that either of them uses: the others would raise what is expected by chance. */
function shiftOf(counts: readonly PairedCount[]): PopulationStability | null {
  if (counts.every(({ pairs }) => pairs === 0)) return null;
  const bins = Array.from({ length: confidenceBins }, (_, bin) => ({
    control: sumWhere(counts, ({ controlBin }) => controlBin === bin),
    treatment: sumWhere(counts, ({ treatmentBin }) => treatmentBin === bin),
  })).filter(({ control, treatment }) => control + treatment > 0);
  return populationStabilityIndex(
    bins.map(({ control }) => control),
    bins.map(({ treatment }) => treatment),
  );
}

function sumWhere(counts: readonly PairedCount[], isIn: (count: PairedCount) => boolean): number {
  return counts.filter(isIn).reduce((sum, { pairs }) => sum + pairs, 0);
}

/** Over units: each brings its own rates, weighed as the metric weighs them. */
function varianceRatioOf({ moments }: PairedArm, metric: string): number | null {
  const sums = moments[metric];
  if (!sums || sums.units < 2) return null;
  return pairedVarianceRatio(linearised(sums));
}

/** Each unit's sums less what the means over all pairs would give it: ratios as plain values, so that units of many pairs are one value, too. */
function linearised(sums: NonNullable<PairedArm['moments'][string]>): PairedSums {
  const { pairs: n, control: c, treatment: t } = pairedPositions;
  const pairs = sums.sumOfProducts(n, 0);
  const [meanOfControl, meanOfTreatment] = [sums.sumOfProducts(c, 0) / pairs, sums.sumOfProducts(t, 0) / pairs];
  const product = (i: number, j: number, meanOfI: number, meanOfJ: number) =>
    sums.sumOfProducts(i, j) -
    meanOfJ * sums.sumOfProducts(i, n) -
    meanOfI * sums.sumOfProducts(j, n) +
    meanOfI * meanOfJ * sums.sumOfProducts(n, n);
  return {
    pairs: sums.units,
    control: 0,
    treatment: 0,
    controlSquared: Math.max(0, product(c, c, meanOfControl, meanOfControl)),
    treatmentSquared: Math.max(0, product(t, t, meanOfTreatment, meanOfTreatment)),
    product: product(c, t, meanOfControl, meanOfTreatment),
  };
}
