import type { HashVersion } from '../assignment/hash';
import type { JsonObject } from '../events/event';
import type { HoldoutPlan, PrerequisitePlan } from './audience';
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
  /** Whether what units did before the experiment met them is taken out of what they do in it. */
  readonly cuped: boolean;
  /** How long before a unit's first exposure counts for that, in milliseconds. */
  readonly cupedLookbackMs: number;
  /** Whether the control answers what the other variants are asked, too, unseen, to foretell what they get right. */
  readonly controlScore: boolean;
}

/** What plans have that were stored before there was CUPED. */
export const noCuped = Object.freeze({ cuped: false, cupedLookbackMs: 14 * 86_400_000, controlScore: false });

/**
 * AB: each unit has one variant for good. ROLLOUT: two variants, the new one step by step, back by itself when it is worse. SHADOW: the control answers
 * all, and the others answer the same inputs beside it, seen by nobody. BANDIT: each unit has one variant for good, and new ones go more and more to what
 * is best.
 */
export type ExperimentKind = 'AB' | 'ROLLOUT' | 'SHADOW' | 'BANDIT';

interface PlanTerms {
  readonly key: string;
  readonly name: string;
  readonly hypothesis: string | null;
  readonly model: string;
  readonly variants: readonly Variant[];
  /** Share of units that take part, 0..1; of a rollout, that of its present step. */
  readonly coverage: number;
  /** A GrowthBook condition on the attributes, for example `{ "country": "DE" }`; null: everybody. */
  readonly targeting: JsonObject | null;
  /** The parts of the units that it may take, each of another namespace: a unit must be in all of them. None: all units. */
  readonly namespaces: readonly NamespaceRange[];
  /** Units that it leaves alone, as do all experiments that name the same holdout; null: none. */
  readonly holdout: HoldoutPlan | null;
  /** What other running experiments must have decided about a unit; all must hold. */
  readonly prerequisites: readonly PrerequisitePlan[];
  /** The attribute by which units are told apart, drawn and counted; null: the unitId. */
  readonly hashAttribute: string | null;
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

/** What only its kind has. */
export type KindPlan =
  | { readonly kind: 'AB' | 'SHADOW'; readonly rollout: null; readonly bandit: null }
  | { readonly kind: 'ROLLOUT'; readonly rollout: RolloutPlan; readonly bandit: null }
  | { readonly kind: 'BANDIT'; readonly rollout: null; readonly bandit: BanditPlan };

/** What the manager decided; most of it is fixed once the experiment has started (see `editExperiment`). */
export type ExperimentPlan = PlanTerms & KindPlan;

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
  /** For SHIPPED: the variant; for UPDATED: what changed, from what to what; for ADVANCED: the share of the new step; for REWEIGHTED: the new weights. */
  readonly detail: string | null;
}
