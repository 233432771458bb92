import type { Metric, Registry } from 'prom-client';
import { countUpTo } from '../live-stats/latency-histogram';
import type { ReplicaStats } from '../live-stats/replica-stats';
import { addTimes, noTimes, type StageTimes, type TimesByStage } from '../live-stats/stage-times';

/** What this process has counted for GraphQL and the page. */
export type CountedTimes = Pick<ReplicaStats, 'versions' | 'variants'>;

type Labels = Readonly<Record<string, string>>;
type Series = readonly (readonly [Labels, StageTimes])[];

const boundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
/** `total` is in ai_model_request_duration_seconds. */
const shownStages = ['queue', 'preprocess', 'execute', 'postprocess'] as const;

/** Times are counted once, with the live statistics; their buckets end where these do, so that these are sums of those. */
export function registerStageHistograms(registry: Registry, counted: () => CountedTimes): void {
  const add = (name: string, help: string, read: (counted: CountedTimes) => Series) => {
    // The registry asks nothing of a metric but its name and `get`.
    registry.registerMetric({
      name,
      get: async () => ({
        name,
        help,
        type: 'histogram',
        aggregator: 'sum',
        values: read(counted()).flatMap((one) => samplesOf(name, ...one)),
      }),
    } as unknown as Metric);
  };
  add('ai_model_inference_duration_seconds', 'Time in the model.', ({ versions }) => [
    [{}, versions.reduce((times, { stages }) => addTimes(times, stages.execute), noTimes)],
  ]);
  add('touchstone_prediction_stage_duration_seconds', 'Time of each stage of a prediction.', ({ versions }) =>
    versions
      .filter(({ successfulRequests }) => successfulRequests > 0)
      .flatMap(({ model, version, stages }) => seriesOf({ model, version }, stages)),
  );
  add('touchstone_variant_stage_duration_seconds', 'Time of each stage of the predictions of a variant.', ({ variants }) =>
    variants.flatMap(({ experiment, variant, stages }) => seriesOf({ experiment, variant }, stages)),
  );
}

function seriesOf(labels: Labels, times: TimesByStage): Series {
  return shownStages.map((stage) => [{ ...labels, stage }, times[stage]] as const);
}

function samplesOf(name: string, labels: Labels, { counts, ms }: StageTimes) {
  const count = counts.reduce((sum, one) => sum + one, 0);
  const buckets = boundsMs.map((boundMs) => [boundMs / 1000, countUpTo(counts, boundMs)] as const);
  return [
    ...[...buckets, ['+Inf', count] as const].map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { le, ...labels }, value })),
    { metricName: `${name}_sum`, labels, value: ms / 1000 },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
