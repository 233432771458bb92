import { type ExperimentResults, experimentResults } from '../../src/experiments/experiment-results';
import type { ExperimentStore } from '../../src/experiments/experiment-store';
import type { Metric } from '../../src/experiments/metric';
import type { ResultsService } from '../../src/experiments/results-service';
import { attributeOf, everyone, type Segment } from '../../src/experiments/segment';
import { type Difference, larger, largestDifference, noDifference } from './largest-difference';
import type { DirectEstimate, ResultsRecomputation } from './recompute-results';

export interface Check {
  /** All units, and each segment. */
  readonly readings: number;
  /** Units, predictions, the split: whole numbers. */
  readonly countsAreEqual: boolean;
  /** Of means, standard errors and differences by their definitions. */
  readonly ofEstimates: Difference;
  /** Of intervals, p-values and everything else, from the sums of the rows. */
  readonly ofResults: Difference;
}

interface Checked {
  readonly service: ResultsService;
  readonly experiments: Pick<ExperimentStore, 'find'>;
  readonly metrics: readonly Metric[];
  readonly key: string;
}

/** What the service answers against what the rows say, for all units and for each segment. */
export async function checkResults({ service, experiments, metrics, key }: Checked, recomputation: ResultsRecomputation): Promise<Check> {
  const segments: readonly Segment[] = [everyone, ...(await service.segments(key))];
  const experiment = await experiments.find(key);
  if (!experiment) throw new Error(`There is no experiment "${key}".`);
  let check: Check = { readings: segments.length, countsAreEqual: true, ofEstimates: noDifference, ofResults: noDifference };
  for (const segment of segments) {
    const read = await service.results(key, segment);
    const { estimates, sums } = await recomputation.of(segment);
    const size = segments.filter((one) => one !== everyone && attributeOf(one) === attributeOf(segment)).length;
    const family = segment === everyone ? null : { segment, size };
    const again = experimentResults({ experiment, metrics, sums, now: read.asOf, ingestLagMs: read.ingestLagMs, family });
    const estimated = estimatesOf(read, estimates);
    const whole = largestDifference(numbersOf(read), numbersOf(again), segment);
    check = {
      ...check,
      countsAreEqual: check.countsAreEqual && largestDifference(countsOf(read), countsOf(again)).share === 0,
      ofEstimates: larger(check.ofEstimates, estimated),
      ofResults: larger(check.ofResults, whole),
    };
  }
  return check;
}

function countsOf({ units, health, metrics }: ExperimentResults) {
  const { multipleExposures, unmatched, labelCoverage, sampleRatioMismatch } = health;
  const ofMetrics = metrics.map(({ metric, variants }) => ({ metric, units: variants.map((one) => [one.variant, one.units]) }));
  return { units, multipleExposures, unmatched, labelCoverage, observed: sampleRatioMismatch.observed, ofMetrics };
}

/** Sentences have rounded numbers in them; when something came last is no sum. */
function numbersOf({ asOf: _, decision: { reason: _reason, ...decision }, health, progress, ...results }: ExperimentResults) {
  const { sampleRatioMismatch, multipleExposures, unmatched, labelCoverage, preExperimentBias } = health;
  const { reason: _why, ...ofProgress } = progress;
  return {
    ...results,
    decision,
    health: { sampleRatioMismatch, multipleExposures, unmatched, labelCoverage, preExperimentBias },
    progress: ofProgress,
  };
}

function estimatesOf({ metrics }: ExperimentResults, direct: readonly DirectEstimate[]): Difference {
  const estimateOf = (metric: string, variant: string) => direct.find((one) => one.metric === metric && one.variant === variant);
  return metrics
    .flatMap(({ metric, variants }) => {
      const control = estimateOf(metric, variants.find(({ isControl }) => isControl)?.variant ?? '');
      return variants.map(({ variant, units, mean, standardError, absoluteLift }) => {
        const own = estimateOf(metric, variant);
        const lift = absoluteLift && { lift: absoluteLift.estimate };
        const again = { ...own, ...(lift && { lift: (own?.mean ?? Number.NaN) - (control?.mean ?? Number.NaN) }) };
        return largestDifference({ variant, metric, units, mean, standardError, ...lift }, again, `${metric} of ${variant}`);
      });
    })
    .reduce(larger, noDifference);
}
