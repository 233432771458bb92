import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from '../../../src/telemetry/metrics';
import { metricsObserver } from '../../../src/telemetry/metrics-observer';
import { CpuMeter } from '../../../src/telemetry/system-usage';

function metrics(): Metrics {
  return new Metrics({
    queueDepths: () => [{ model: 'digits', version: '1', rows: 3 }],
    accuracies: async () => [{ model: 'digits', version: '1', accuracy: 0.9 }],
    openAlerts: async () => [{ model: 'digits', severity: 'HIGH', count: 2 }],
    cacheLookups: () => [{ model: 'digits', version: '1', hits: 5, misses: 2 }],
    journalBytes: () => 1024,
    ingestLagMs: () => 250,
  });
}

const row = {
  method: 'predict',
  model: 'digits',
  version: '1',
  confidence: 0.8,
  queueMs: 1,
  preprocessMs: 2,
  inferenceMs: 3,
  totalMs: 7,
  batchSize: 4,
} as const;

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
    catalogue.recordSucceeded({ ...row, queueMs: 0, preprocessMs: 0.1, inferenceMs: 0, totalMs: 0.2, batchSize: 0 });
    const text = await catalogue.registry.metrics();
    expect(text).toContain('touchstone_predictions_total{model="digits",version="1",outcome="success"} 2');
    expect(text).toContain('ai_model_request_duration_seconds_count{method="predict"} 2');
    expect(text).toContain('ai_model_prediction_confidence_count 2');
    expect(text).toContain('ai_model_batch_size_count 1');
    expect(text).toContain('ai_model_inference_duration_seconds_count 1');
    expect(text).toContain('touchstone_prediction_stage_duration_seconds_count{model="digits",version="1",stage="preprocess"} 1');
  });

  it('shows what the caches were asked, at each scrape anew', async () => {
    const { registry } = metrics();
    await registry.metrics();
    const text = await registry.metrics();
    expect(text).toContain('touchstone_cache_lookups_total{model="digits",version="1",result="hit"} 5');
    expect(text).toContain('touchstone_cache_lookups_total{model="digits",version="1",result="miss"} 2');
  });

  it('counts the rows of tensors, and a refused request once', async () => {
    const catalogue = metrics();
    const { inferred, failed } = metricsObserver(catalogue);
    inferred({ model: 'digits', version: '1', rows: 3, timing: row });
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
