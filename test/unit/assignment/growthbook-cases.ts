import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Experiment, FeatureDefinition } from '@growthbook/growthbook';
import type { BucketRange } from '../../../src/assignment/bucket-ranges';
import type { Namespace } from '../../../src/assignment/filter';
import type { StickyDocument } from '../../../src/assignment/sticky-document';
import type { Attributes } from '../../../src/assignment/unit';

type Groups = Readonly<Record<string, readonly unknown[]>>;

/** What the SDK is told besides the experiment. */
export interface SdkContext {
  readonly attributes?: Attributes;
  readonly features?: Readonly<Record<string, FeatureDefinition>>;
  readonly forcedVariations?: Readonly<Record<string, number>>;
  readonly savedGroups?: Groups;
}

export interface SdkResult {
  readonly source: string;
  readonly value: unknown;
  readonly experimentResult?: { readonly variationId: number; readonly inExperiment: boolean; readonly bucket?: number };
}

interface StickyResult {
  readonly variationId: number;
  readonly stickyBucketUsed: boolean;
  readonly hashAttribute: string;
  readonly hashValue: string;
  readonly bucket: number;
}

interface GrowthBookCases {
  readonly hash: [seed: string, value: string, version: 1 | 2, fraction: number | null][];
  readonly getBucketRange: [name: string, input: [count: number, coverage: number, weights: number[] | null], ranges: BucketRange[]][];
  readonly chooseVariation: [name: string, fraction: number, ranges: BucketRange[], index: number][];
  readonly getEqualWeights: [count: number, weights: number[]][];
  readonly inNamespace: [name: string, id: string, namespace: Namespace, expected: boolean][];
  readonly evalCondition: [name: string, condition: Attributes, attributes: Attributes, matches: boolean, groups?: Groups][];
  readonly run: [
    name: string,
    context: SdkContext,
    experiment: Experiment<unknown>,
    value: unknown,
    inExperiment: boolean,
    hashUsed: boolean,
  ][];
  readonly feature: [name: string, context: SdkContext, key: string, result: SdkResult][];
  readonly stickyBucket: [
    name: string,
    context: SdkContext,
    documents: StickyDocument[],
    key: string,
    result: StickyResult | null,
    after: Readonly<Record<string, StickyDocument>>,
  ][];
}

const stored = JSON.parse(readFileSync(join(__dirname, '../../fixtures/assignment/growthbook-cases.json'), 'utf8')) as GrowthBookCases;

/** We have no saved groups: whoever writes a condition lists the values, as `validateTargeting` says. An unknown group is an empty list. */
export function withoutGroups(condition: Attributes, groups: Groups = {}): Attributes {
  const inline = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (key === '$inGroup') return ['$in', groups[inner] ?? []];
        if (key === '$notInGroup') return ['$nin', groups[inner] ?? []];
        return [key, inline(inner)];
      }),
    );
  };
  return inline(condition) as Attributes;
}

/** The SDK's own conformance cases. */
export const growthBookCases: GrowthBookCases = {
  ...stored,
  evalCondition: stored.evalCondition.map(([name, condition, attributes, matches, groups]) => [
    name,
    groups === undefined ? condition : withoutGroups(condition, groups),
    attributes,
    matches,
  ]),
};
