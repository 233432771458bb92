import type { Variant } from '../../src/experiments/experiment';
import type { Guardrail } from '../../src/experiments/guardrail';
import { judgeGuardrails } from '../../src/experiments/judge-guardrails';
import { builtInMetrics } from '../../src/experiments/metric';
import {
  addSums,
  type MetricSums,
  noSums,
  noTotals,
  sumsDelta,
  type UnitTotals,
  type VariantSums,
} from '../../src/experiments/result-sums';

/** A prediction as its caller saw it. */
export interface TimedAnswer {
  readonly unitId: string;
  /** Null: outside the experiment. */
  readonly variant: string | null;
  /** As the server recorded it. */
  readonly totalMs: number;
  /** Of one monotonic clock. */
  readonly answeredAtMs: number;
}

export interface CrossingRule {
  readonly variants: readonly Variant[];
  /** All that the experiment has, since they share alpha; answers tell of `latency_ms` only. */
  readonly guardrails: readonly Guardrail[];
  readonly alpha: number;
}

/**
 * When a guardrail was crossed for somebody who sees each acknowledged answer at once: the earliest moment at which anybody could know. The same
 * functions as in the server, answer by answer. Null: never.
 */
export function firstCrossing(answers: readonly TimedAnswer[], { variants, guardrails, alpha }: CrossingRule): TimedAnswer | null {
  const units = new Map<string, UnitTotals>();
  const arms = new Map(variants.map(({ key }) => [key, { exposedUnits: 0, sums: noSums }]));
  for (const answer of [...answers].sort((a, b) => a.answeredAtMs - b.answeredAtMs)) {
    const arm = answer.variant === null ? undefined : arms.get(answer.variant);
    if (!arm) continue;
    const before = units.get(answer.unitId);
    const after = addedTo(before ?? noTotals, answer.totalMs);
    units.set(answer.unitId, after);
    arms.set(answer.variant as string, {
      exposedUnits: arm.exposedUnits + Number(before === undefined),
      sums: addSums(arm.sums, sumsDelta(before ?? noTotals, after)),
    });
    const judged = judgeGuardrails(
      guardrails,
      builtInMetrics,
      variants.map((variant) => ({ variant, sums: variantSums(variant.key, arms.get(variant.key)) })),
      alpha,
    );
    if (judged.some(({ state }) => state === 'CROSSED')) return answer;
  }
  return null;
}

function addedTo({ numerator, denominator }: UnitTotals, totalMs: number): UnitTotals {
  return { numerator: numerator + totalMs, denominator: denominator + 1 };
}

function variantSums(variant: string, arm: { readonly exposedUnits: number; readonly sums: MetricSums } | undefined): VariantSums {
  const { exposedUnits = 0, sums = noSums } = arm ?? {};
  return {
    variant,
    exposedUnits,
    predictions: exposedUnits,
    labelledPredictions: 0,
    metrics: { latency_ms: sums },
    histograms: {},
    ripeUnits: {},
  };
}
