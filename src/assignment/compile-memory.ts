import type { AssignmentRule } from './assignment-rule';
import type { Decision } from './decision';
import { assignmentKey, type StickyDocument, type StickyDocuments, stickyKey, withAssignment } from './sticky-document';
import { compileIdentity, idAttribute, type Unit } from './unit';

/** The attribute by which a unit is assigned and remembered, and its value there; '' when it has none. */
export interface Owner {
  readonly attribute: string;
  readonly value: string;
}

/** What the documents of a unit say about one experiment. */
export interface Memory {
  /** The hash attribute, or the fallback when the unit does not have it. */
  readonly ownerOf: (unit: Unit) => Owner;
  /** The variant that the unit had; 'blocked' when it took part in a bucket version that is too old; null when nothing is remembered. */
  readonly recall: (unit: Unit) => Decision | 'blocked' | null;
  /** The decision with the document that has to be stored for it, if any. */
  readonly keep: (unit: Unit, owner: Owner, decision: Decision) => Decision;
}

/**
 * Sticky buckets as in GrowthBook. The document of the fallback attribute is read first and that of the hash attribute wins, so that a visitor who
 * signs in keeps the variant. Without a fallback attribute the SDK reads the document of `id` there, and so do we. An assignment to a variant
 * that is no more counts as none.
 *
 * @param sticky the decision for each variant that is remembered.
 * @see growthbook/growthbook packages/sdk-js/src/core.ts, `getStickyBucketVariation`.
 */
export function compileMemory(rule: AssignmentRule, sticky: readonly Decision[]): Memory {
  const { bucketVersion = 0, minBucketVersion = 0, hashAttribute = idAttribute, fallbackAttribute } = rule;
  const key = assignmentKey(rule.key, bucketVersion);
  const blockedKeys = Array.from({ length: minBucketVersion }, (_, version) => assignmentKey(rule.key, version));
  const identity = compileIdentity(hashAttribute);
  const fallback = fallbackAttribute === undefined ? () => '' : compileIdentity(fallbackAttribute);
  const earlierAttribute = fallbackAttribute ?? idAttribute;
  const earlierIdentity = compileIdentity(earlierAttribute);
  return {
    ownerOf(unit) {
      const value = identity(unit);
      if (value !== '' || fallbackAttribute === undefined) return { attribute: hashAttribute, value };
      return { attribute: fallbackAttribute, value: fallback(unit) };
    },
    recall(unit) {
      const documents = unit.documents as StickyDocuments;
      const own = documents[stickyKey(hashAttribute, identity(unit))];
      const earlier = documents[stickyKey(earlierAttribute, earlierIdentity(unit))];
      if (own === undefined && earlier === undefined) return null;
      if (blockedKeys.some((old) => holds(own, old) || holds(earlier, old))) return 'blocked';
      const source = holds(own, key) ? own : earlier;
      const remembered = sticky.find(({ variant }) => variant === source?.assignments[key]);
      return remembered === undefined ? null : drawnWith(source?.propensities?.[key], remembered);
    },
    keep(unit, { attribute, value }, decision) {
      if (decision.variant === null) return decision;
      const { variant, propensity } = decision;
      const known = (unit.documents as StickyDocuments)[stickyKey(attribute, value)];
      const save = withAssignment(known, attribute, value, { key, variant, propensity });
      return save === null ? decision : { ...decision, save };
    },
  };
}

function holds(document: StickyDocument | undefined, key: string): boolean {
  return document?.assignments[key] !== undefined;
}

/** A remembered unit was drawn with the weights of its day, not with those of today. */
function drawnWith(propensity: number | undefined, decision: Decision): Decision {
  return propensity === undefined || propensity === decision.propensity ? decision : { ...decision, propensity };
}
