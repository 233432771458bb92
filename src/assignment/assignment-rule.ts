import type { Filter, Namespace } from './filter';
import type { HashVersion } from './hash';
import type { Holdout } from './holdout';
import type { Layer } from './layer';
import type { Prerequisite } from './prerequisite';
import type { Attributes } from './unit';
import type { VariantRanges } from './variant-ranges';

/** What of an experiment decides who gets what. What is missing is not asked for. */
export interface AssignmentRule {
  readonly key: string;
  /** The keys of the variants, in order. Fewer than two compare nothing: nobody takes part. */
  readonly variants: readonly string[];
  /** False: nobody takes part, not even by force. True when missing. */
  readonly isRunning?: boolean;
  /** The key when missing; two experiments with one seed are not independent. */
  readonly seed?: string;
  /** 2 when missing. */
  readonly hashVersion?: HashVersion;
  /** What units are told apart by; their id when missing. */
  readonly hashAttribute?: string;
  /** Used in place of a missing hash attribute, and to find what was remembered before it was known. Only with sticky documents, as in GrowthBook. */
  readonly fallbackAttribute?: string;
  /** Share of the units that take part, 0..1; 1 when missing. */
  readonly coverage?: number;
  /** One a variant; they sum to 1. Equal ones when missing. */
  readonly weights?: readonly number[];
  /** What each variant owns of 0..1, in place of coverage and weights. */
  readonly ranges?: VariantRanges;
  readonly holdout?: Holdout;
  readonly layer?: Layer;
  /** The unit must be in all of them. Not looked at when there are filters: GrowthBook sends both, these for its older SDKs. */
  readonly namespaces?: readonly Namespace[];
  /** The unit must pass all of them. */
  readonly filters?: readonly Filter[];
  /** A GrowthBook condition on the attributes; null: everybody. */
  readonly targeting?: Attributes | null;
  /** All of them must be met. */
  readonly prerequisites?: readonly Prerequisite[];
  /** Variant's key by the unit's id: for testers, whatever else the rule says. Their outcomes are not evidence. */
  readonly forced?: Readonly<Record<string, string>>;
  /** The variant for all who would take part, once an experiment is decided. Nothing is remembered then. */
  readonly forcedVariant?: string;
  /** False: documents are neither read nor written. True when missing. */
  readonly isSticky?: boolean;
  /** Another one forgets what was remembered. 0 when missing. */
  readonly bucketVersion?: number;
  /** Units remembered from a smaller bucket version do not take part any more. 0 when missing. */
  readonly minBucketVersion?: number;
}
