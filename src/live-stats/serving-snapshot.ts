import { addCounts, emptyCounts, quantileMs } from './latency-histogram';
import type { ReplicaStats, VersionStats } from './replica-stats';

/** Serving statistics over all live replicas. */
export interface ServingStatsSnapshot {
  readonly totalRequests: number;
  readonly successfulRequests: number;
  readonly failedRequests: number;
  /** 0..1; 0 before the first request. */
  readonly successRate: number;
  /** Rows finished in the last 60 seconds (or since the start, when that is shorter), by the second. */
  readonly requestsPerSecond: number;
  readonly avgInferenceMs: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly avgBatchSize: number | null;
  readonly queueDepth: number;
  readonly uptimeMs: number;
  /** Of the replica that started first: the counters count since then. */
  readonly startedAt: Date;
  readonly asOf: Date;
  readonly replicas: number;
}

export interface ServingFilter {
  readonly model?: string;
  readonly version?: string;
}

/** Adds up what replicas counted. Quantiles come from the added histograms: quantiles themselves cannot be averaged. */
export function servingSnapshot(replicas: readonly ReplicaStats[], filter: ServingFilter, nowMs: number): ServingStatsSnapshot {
  const versions = replicas.flatMap((replica) => replica.versions).filter((one) => matches(one, filter));
  const sum = (read: (version: VersionStats) => number) => versions.reduce((total, version) => total + read(version), 0);
  const latency = versions.reduce<readonly number[]>((counts, version) => addCounts(counts, version.latencyCounts), emptyCounts());
  const totalRequests = sum((version) => version.totalRequests);
  const successfulRequests = sum((version) => version.successfulRequests);
  const startedAtMs = Math.min(nowMs, ...replicas.map((replica) => replica.startedAtMs));
  const uptimeMs = nowMs - startedAtMs;
  const recent = sum((version) => version.perSecond.reduce((a, b) => a + b, 0));
  return {
    totalRequests,
    successfulRequests,
    failedRequests: sum((version) => version.failedRequests),
    successRate: totalRequests === 0 ? 0 : successfulRequests / totalRequests,
    requestsPerSecond: recent / Math.min(60, Math.max(1, uptimeMs / 1000)),
    avgInferenceMs: successfulRequests === 0 ? 0 : sum((version) => version.inferenceMsSum) / successfulRequests,
    p50Ms: quantileMs(latency, 0.5),
    p95Ms: quantileMs(latency, 0.95),
    p99Ms: quantileMs(latency, 0.99),
    avgBatchSize: successfulRequests === 0 ? null : sum((version) => version.batchSizeSum) / successfulRequests,
    queueDepth: sum((version) => version.queueDepth),
    uptimeMs,
    startedAt: new Date(startedAtMs),
    asOf: new Date(nowMs),
    replicas: replicas.length,
  };
}

function matches(stats: VersionStats, { model, version }: ServingFilter): boolean {
  return (model === undefined || stats.model === model) && (version === undefined || stats.version === version);
}
