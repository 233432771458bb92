import type { HashVersion } from '../assignment/hash';
import type { JsonObject } from '../events/event';
import type { BanditPhase, BanditPlan } from './bandit';
import type { Guardrail } from './guardrail';
import type { NamespaceRange } from './namespace-range';
import type { RolloutPlan, RolloutProgress } from './rollout';

export interface Variant {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** Share of the covered traffic, 0..1; the weights of an experiment sum to 1. Of a bandit, those of its present phase. */
  readonly weight: number;
  readonly isControl: boolean;
}

/**
 * ALWAYS_VALID: may be looked at and stopped at any time. FIXED_HORIZON: decided by one look, at a number of units that was fixed beforehand. BAYESIAN:
 * by what is believed under a flat prior; looking repeatedly is not paid for.
 */
export type AnalysisPlan = AnalysisTerms &
  ({ readonly method: 'ALWAYS_VALID' | 'BAYESIAN' } | { readonly method: 'FIXED_HORIZON'; readonly plannedUnitsPerVariant: number });

export type AnalysisMethod = AnalysisPlan['method'];

interface AnalysisTerms {
  /** Probability that a verdict is false although nothing differs: over all looks together, or of the one that is planned. */
  readonly alpha: number;
  /** Smallest relative change of the primary metric that matters, for example 0.02; null: any. Lets the verdict say NO_DIFFERENCE. */
  readonly minimumDetectableEffect: number | null;
  /** A treatment that is certainly not worse than this share of the control's mean is shipped too, for example 0.01; null: it must be better. */
  readonly nonInferiorityMargin: number | null;
}

/**
 * AB: each unit has one variant for good. ROLLOUT: two variants, the new one step by step, back by itself when it is worse. BANDIT: each unit has one
 * variant for good, and new ones go more and more to what is best.
 */
export type ExperimentKind = 'AB' | 'ROLLOUT' | 'BANDIT';

/** What the manager decided; fixed once the experiment has started. */
export interface ExperimentPlan {
  readonly key: string;
  readonly name: string;
  readonly hypothesis: string | null;
  readonly model: string;
  readonly kind: ExperimentKind;
  readonly variants: readonly Variant[];
  /** Share of units that take part, 0..1; of a rollout, that of its present step. */
  readonly coverage: number;
  /** Null unless it is a rollout. */
  readonly rollout: RolloutPlan | null;
  /** Null unless it is a bandit. */
  readonly bandit: BanditPlan | null;
  /** A GrowthBook condition on the attributes, for example `{ "country": "DE" }`; null: everybody. */
  readonly targeting: JsonObject | null;
  /** The part of the units that it may take; null: all. */
  readonly namespace: NamespaceRange | null;
  /** Key of the variant by unit, for testers: they get it whatever else the plan says, and their outcomes do not count. */
  readonly forced: Readonly<Record<string, string>>;
  readonly seed: string;
  /** 1 and 2: GrowthBook's; 3: our own, without its 10,000 steps. */
  readonly hashVersion: HashVersion;
  readonly primaryMetric: string;
  readonly secondaryMetrics: readonly string[];
  readonly guardrails: readonly Guardrail[];
  /** Attributes by whose values the results can be told apart. */
  readonly segments: readonly string[];
  readonly analysis: AnalysisPlan;
  readonly createdAt: Date;
}

export type ExperimentState =
  | { readonly status: 'DRAFT' }
  | (StartedState & {
      /** Of a bandit, oldest first; absent otherwise. */
      readonly phases?: readonly BanditPhase[];
    });

type StartedState =
  /** `progress`: null unless it is a rollout. */
  | { readonly status: 'RUNNING'; readonly startedAt: Date; readonly progress: RolloutProgress | null }
  | { readonly status: 'PAUSED'; readonly startedAt: Date; readonly pausedAt: Date; readonly progress: RolloutProgress | null }
  | { readonly status: 'STOPPED'; readonly startedAt: Date; readonly stoppedAt: Date; readonly shippedVariant: string | null };

export type ExperimentStatus = ExperimentState['status'];

/** `revision` grows by one with each write; a write names the revision it was based on. */
export type Experiment = ExperimentPlan & { readonly revision: number } & ExperimentState;

/** One line of the audit history. */
export interface ExperimentEvent {
  readonly at: Date;
  readonly actor: string;
  readonly action:
    | 'CREATED'
    | 'UPDATED'
    | 'STARTED'
    | 'PAUSED'
    | 'RESUMED'
    | 'STOPPED'
    | 'SHIPPED'
    | 'ADVANCED'
    | 'ROLLED_BACK'
    | 'REWEIGHTED';
  readonly reason: string | null;
  /** For SHIPPED: the variant; for UPDATED: the names of what changed; for ADVANCED: the share of the new step; for REWEIGHTED: the new weights. */
  readonly detail: string | null;
}
