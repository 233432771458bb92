import type { ReplicaStats, VersionStats } from './replica-stats';
import { addTimes, noTimes, type Stage, type StageSummary, stageSummary, stages } from './stage-times';

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
  /** One for each of `stages`, in their order. */
  readonly stages: readonly StageSummary[];
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly avgBatchSize: number | null;
  readonly cacheHits: number;
  readonly cacheMisses: number;
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

/** Adds up what replicas counted. */
export function servingSnapshot(replicas: readonly ReplicaStats[], filter: ServingFilter, nowMs: number): ServingStatsSnapshot {
  const versions = replicas.flatMap((replica) => replica.versions).filter((one) => matches(one, filter));
  const sum = (read: (version: VersionStats) => number) => versions.reduce((total, version) => total + read(version), 0);
  const summaryOf = (stage: Stage) =>
    stageSummary(
      stage,
      versions.reduce((times, version) => addTimes(times, version.stages[stage]), noTimes),
    );
  const { p50Ms, p95Ms, p99Ms } = summaryOf('total');
  const execute = summaryOf('execute');
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
    avgInferenceMs: execute.meanMs ?? 0,
    stages: stages.map(summaryOf),
    p50Ms,
    p95Ms,
    p99Ms,
    avgBatchSize: execute.count === 0 ? null : sum((version) => version.batchSizeSum) / execute.count,
    cacheHits: sum((version) => version.cacheHits ?? 0),
    cacheMisses: sum((version) => version.cacheMisses ?? 0),
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
