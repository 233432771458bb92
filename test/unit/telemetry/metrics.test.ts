import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LiveStats } from '../../../src/live-stats/live-stats';
import { Metrics } from '../../../src/telemetry/metrics';
import { metricsObserver } from '../../../src/telemetry/metrics-observer';
import { CpuMeter } from '../../../src/telemetry/system-usage';
import { FakeLogger } from '../../fakes/fake-logger';
import { FakeReplicaStatsStore } from '../../fakes/fake-replica-stats-store';

function liveStats(): LiveStats {
  const now = () => new Date(Date.UTC(2026, 10, 22));
  return new LiveStats({ replicaId: 'a', store: new FakeReplicaStatsStore(), queueDepth: () => 0, now, logger: new FakeLogger() });
}

function metrics(stats = liveStats()): Metrics {
  return new Metrics({
    queueDepths: () => [{ model: 'digits', version: '1', rows: 3 }],
    accuracies: async () => [{ model: 'digits', version: '1', accuracy: 0.9 }],
    openAlerts: async () => [{ model: 'digits', severity: 'HIGH', count: 2 }],
    counted: () => stats.own(),
    journalBytes: () => 1024,
    ingestLagMs: () => 250,
  });
}

const row = {
  method: 'predict',
  model: 'digits',
  version: '1',
  confidence: 0.8,
  totalMs: 7,
  batchSize: 4,
} as const;
const timing = { queueMs: 1, preprocessMs: 2.5, inferenceMs: 3, postprocessMs: 0.5, totalMs: 7, batchSize: 4 };

describe('the metrics catalogue', () => {
  it('is listed in docs/metrics.md, no more and no less', async () => {
    const page = readFileSync(join(__dirname, '../../../docs/metrics.md'), 'utf8');
    const documented = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
    const own = (await metrics().registry.getMetricsAsJSON())
      .map((metric) => metric.name)
      .filter((name) => !/^touchstone_(process_|nodejs_)/.test(name));
    expect([...documented].sort()).toEqual([...own].sort());
  });

  it('counts answers and errors under the names of the seed', async () => {
    const catalogue = metrics();
    catalogue.recordSucceeded(row);
    catalogue.recordFailed({ method: 'predict_batch', model: null, version: null, code: 'MODEL_NOT_FOUND', totalMs: 1 });
    const text = await catalogue.registry.metrics();
    expect(text).toContain('ai_model_requests_total{method="predict",status="success"} 1');
    expect(text).toContain('ai_model_requests_total{method="predict_batch",status="error"} 1');
    expect(text).toContain('ai_model_request_duration_seconds_sum{method="predict"} 0.007');
    expect(text).toContain('ai_model_batch_size_sum 4');
    expect(text).toContain('touchstone_predictions_total{model="unknown",version="none",outcome="MODEL_NOT_FOUND"} 1');
  });

  it('keeps answers from the cache out of the times and batches of what was computed', async () => {
    const catalogue = metrics();
    catalogue.recordSucceeded(row);
    catalogue.recordSucceeded({ ...row, totalMs: 0.2, batchSize: 0 });
    const text = await catalogue.registry.metrics();
    expect(text).toContain('touchstone_predictions_total{model="digits",version="1",outcome="success"} 2');
    expect(text).toContain('ai_model_request_duration_seconds_count{method="predict"} 2');
    expect(text).toContain('ai_model_prediction_confidence_count 2');
    expect(text).toContain('ai_model_batch_size_count 1');
  });

  it('shows what the caches were asked, at each scrape anew', async () => {
    const stats = liveStats();
    const { registry } = metrics(stats);
    for (const isHit of [true, true, false]) stats.lookedUp({ model: 'digits', version: '1', isHit, ms: 1 });
    await registry.metrics();
    for (const isHit of [true, true, true, false]) stats.lookedUp({ model: 'digits', version: '1', isHit, ms: 1 });
    const text = await registry.metrics();
    expect(text).toContain('touchstone_cache_lookups_total{model="digits",version="1",result="hit"} 5');
    expect(text).toContain('touchstone_cache_lookups_total{model="digits",version="1",result="miss"} 2');
  });

  it('shows the times of stages as they were counted for the live statistics', async () => {
    const stats = liveStats();
    const assignments = [{ experiment: 'colour', variant: 'red', propensity: 0.5 }];
    stats.succeeded({ model: 'digits', version: '1', assignments, timing });
    stats.succeeded({ model: 'digits', version: '1', assignments: [], timing: { ...timing, preprocessMs: 3.5 } });
    stats.succeeded({ model: 'iris', version: '1', assignments: [], timing: { ...timing, inferenceMs: 20_000 } });
    stats.succeeded({ model: 'iris', version: '1', assignments: [], timing: { ...timing, batchSize: 0 } });
    const text = await metrics(stats).registry.metrics();
    const stage = 'touchstone_prediction_stage_duration_seconds';
    const labels = 'model="digits",version="1",stage="preprocess"';
    expect(text).toContain(`${stage}_bucket{le="0.001",${labels}} 0`);
    expect(text).toContain(`${stage}_bucket{le="0.0025",${labels}} 1`);
    expect(text).toContain(`${stage}_bucket{le="0.005",${labels}} 2`);
    expect(text).toContain(`${stage}_bucket{le="+Inf",${labels}} 2`);
    expect(text).toContain(`${stage}_sum{${labels}} 0.006`);
    expect(text).toContain(`${stage}_count{model="iris",version="1",stage="postprocess"} 1`);
    expect(text).toContain('ai_model_inference_duration_seconds_bucket{le="10"} 2');
    expect(text).toContain('ai_model_inference_duration_seconds_count 3');
    expect(text).toContain('touchstone_variant_stage_duration_seconds_count{experiment="colour",variant="red",stage="execute"} 1');
  });

  it('counts the rows of tensors, and a refused request once', async () => {
    const catalogue = metrics();
    const { inferred, failed } = metricsObserver(catalogue);
    inferred({ model: 'digits', version: '1', rows: 3, timing });
    failed({ method: 'infer', model: 'digits', version: '1', code: 'INVALID_INPUT', totalMs: 1 });
    const text = await catalogue.registry.metrics();
    expect(text).toContain('ai_model_requests_total{method="infer",status="success"} 3');
    expect(text).toContain('ai_model_requests_total{method="infer",status="error"} 1');
    expect(text).toContain('ai_model_batch_size_sum 12');
    expect(text).toContain('touchstone_predictions_total{model="digits",version="1",outcome="success"} 3');
    expect(text).toContain('ai_model_prediction_confidence_count 0');
  });

  it('reads the gauges at the scrape', async () => {
    const text = await metrics().registry.metrics();
    expect(text).toContain('touchstone_queue_rows{model="digits",version="1"} 3');
    expect(text).toContain('ai_model_accuracy{model="digits",version="1"} 0.9');
    expect(text).toContain('touchstone_drift_alerts_open{model="digits",severity="HIGH"} 2');
    expect(text).toContain('touchstone_ingest_lag_seconds 0.25');
    expect(text).not.toMatch(/^system_gpu_usage_percent[ {]/m);
  });
});

describe('CpuMeter', () => {
  it('stays within 0 and 100 percent', () => {
    const meter = new CpuMeter();
    for (const percent of [meter.busyPercent(), meter.busyPercent()]) {
      expect(percent).toBeGreaterThanOrEqual(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
  });
});
