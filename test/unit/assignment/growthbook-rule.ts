import type { Experiment, FeatureRule } from '@growthbook/growthbook';
import type { AssignmentRule } from '../../../src/assignment/assignment-rule';
import type { Filter, Namespace } from '../../../src/assignment/filter';
import type { HashVersion } from '../../../src/assignment/hash';
import { type StickyDocument, type StickyDocuments, stickyKey } from '../../../src/assignment/sticky-document';
import type { Attributes, Unit } from '../../../src/assignment/unit';
import { type SdkContext, withoutGroups } from './growthbook-cases';

/** An experiment of the SDK as a rule of ours: what it calls differently, and its defaults where ours are others. */
export function ruleOf(experiment: Experiment<unknown>, { attributes, forcedVariations, savedGroups }: SdkContext = {}): AssignmentRule {
  const { key, variations, meta, force, condition, namespace, ranges, parentConditions, filters } = experiment;
  const variants = variations.map((_, index) => meta?.[index]?.key ?? String(index));
  const nameOf = (index: number) => variants[index] ?? `variation ${index}`;
  const forcedIndex = forcedVariations?.[key];
  // A stopped experiment with a forced variation goes on giving that one: the SDK's temporary rollout.
  const isStopped = experiment.status === 'stopped' && force === undefined;
  return {
    key,
    variants,
    isRunning: experiment.active !== false && experiment.status !== 'draft' && !isStopped,
    hashVersion: (experiment.hashVersion ?? 1) as HashVersion,
    isSticky: !experiment.disableStickyBucketing,
    ...(experiment.seed ? { seed: experiment.seed } : {}),
    ...(experiment.hashAttribute ? { hashAttribute: experiment.hashAttribute } : {}),
    ...(experiment.fallbackAttribute ? { fallbackAttribute: experiment.fallbackAttribute } : {}),
    ...(experiment.coverage === undefined ? {} : { coverage: experiment.coverage }),
    ...(experiment.weights ? { weights: experiment.weights } : {}),
    ...(ranges ? { ranges: ranges.map((range) => [range]) } : {}),
    ...(namespace ? { namespaces: [namespace as Namespace] } : {}),
    ...(filters ? { filters: filters as Filter[] } : {}),
    ...(condition ? { targeting: withoutGroups(condition as Attributes, savedGroups) } : {}),
    ...(parentConditions
      ? { prerequisites: parentConditions.map((parent) => ({ experiment: parent.id, condition: parent.condition as Attributes })) }
      : {}),
    ...(force === undefined ? {} : { forcedVariant: nameOf(force) }),
    ...(forcedIndex === undefined ? {} : { forced: { [idOf(attributes)]: nameOf(forcedIndex) } }),
    bucketVersion: experiment.bucketVersion ?? 0,
    minBucketVersion: experiment.minBucketVersion ?? 0,
  };
}

/**
 * The experiment of a feature's rule, named after the feature unless it has a key; null: the rule has none. A contextual bandit without
 * contexts is an experiment with the bandit's weights.
 */
export function experimentOf(rule: FeatureRule, feature: string): Experiment<unknown> | null {
  const variations = rule.contextualVariations ?? rule.variations;
  return variations ? ({ ...rule, variations, key: rule.key ?? feature } as unknown as Experiment<unknown>) : null;
}

/** The SDK finds the id among the attributes, where numbers are allowed and 0 is none. */
export function unitOf(attributes: Attributes | undefined, documents: StickyDocuments | null = null): Unit {
  return { id: idOf(attributes) || null, attributes: attributes ?? null, documents };
}

function idOf(attributes: Attributes | undefined): string {
  return attributes?.id ? String(attributes.id) : '';
}

/** The SDK reads only the documents of the user at hand. */
export function documentsOf(stored: readonly StickyDocument[], attributes: Attributes): StickyDocuments {
  const own = stored.filter(({ attributeName, attributeValue }) => String(attributes[attributeName]) === attributeValue);
  return Object.fromEntries(own.map((document) => [stickyKey(document.attributeName, document.attributeValue), document]));
}

/** A document without what the SDK does not know. */
export function plainDocument({ attributeName, attributeValue, assignments }: StickyDocument): StickyDocument {
  return { attributeName, attributeValue, assignments };
}
