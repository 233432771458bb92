import type { Experiment, FeatureRule } from '@growthbook/growthbook';
import { compileAssignment } from '../../../src/assignment/compile-assignment';
import type { Decision } from '../../../src/assignment/decision';
import { compileNamespace } from '../../../src/assignment/filter';
import { hashFraction } from '../../../src/assignment/hash';
import { compilePrerequisite, type Decisions } from '../../../src/assignment/prerequisite';
import { stickyKey } from '../../../src/assignment/sticky-document';
import type { Attributes } from '../../../src/assignment/unit';
import { growthBookCases, type SdkContext } from './growthbook-cases';
import { documentsOf, experimentOf, plainDocument, ruleOf, unitOf } from './growthbook-rule';

/** Cases of `run` that need what a server does not have. */
const notForServers: Readonly<Record<string, string>> = {
  'globally disabled': 'a switch of the SDK itself',
  'querystring force': 'the address of a web page',
  'querystring force with inactive': 'the address of a web page',
  'Skips experiments in QA mode': 'a switch of the SDK itself',
  'Works in QA mode if forced in context': 'a switch of the SDK itself',
  'Works in QA mode if forced in experiment': 'a switch of the SDK itself',
};
/** The SDK leaves these out of the experiment; our variants have names, and a name that does not exist is refused at once. */
const refused = ['negative forced variation', 'high forced variation'];
const runnable = growthBookCases.run.filter(([name]) => !(name in notForServers) && !refused.includes(name));

/** A parent that is a mere feature value has decided that value. */
function parentsOf({ features = {} }: SdkContext): Decisions {
  return new Map(Object.entries(features).map(([id, { defaultValue }]) => [id, { variant: defaultValue } as Decision]));
}

describe('GrowthBook: run', () => {
  it.each(runnable)('%s', (_, context, experiment, value, inExperiment, hashUsed) => {
    const decision = compileAssignment(ruleOf(experiment, context))(unitOf(context.attributes), parentsOf(context));
    expect(experiment.variations[decision.index ?? 0]).toEqual(value);
    expect(decision.variant !== null).toBe(inExperiment);
    expect(decision.reason === 'ASSIGNED').toBe(hashUsed);
  });

  it.each(growthBookCases.run.filter(([name]) => refused.includes(name)))('%s is refused', (_, context, experiment) => {
    expect(() => compileAssignment(ruleOf(experiment, context))).toThrow('to force');
  });

  it('leaves out 6 of 73', () => {
    expect([growthBookCases.run.length, runnable.length, refused.length]).toEqual([73, 65, 2]);
  });
});

describe('GrowthBook: inNamespace', () => {
  it.each(growthBookCases.inNamespace)('%s', (_, id, namespace, expected) => {
    expect(compileNamespace(namespace)(id)).toBe(expected);
  });
});

/** What a feature gives where experiments decide: the first rule that takes the unit. Null: a rule is blocked by a parent. */
function evaluateFeature(context: SdkContext, key: string): { value: unknown; index?: number } | null {
  const feature = context.features?.[key];
  for (const rule of feature?.rules ?? []) {
    const parents = rule.parentConditions?.map((parent) => {
      const decided = evaluateFeature(context, parent.id);
      const decisions = new Map([[parent.id, { variant: decided?.value } as Decision]]);
      return compilePrerequisite({ experiment: parent.id, condition: parent.condition as Attributes })(decisions);
    });
    if (parents?.includes(false)) return null;
    if ('force' in rule) return { value: rule.force };
    const experiment = experimentOf(rule, key);
    if (experiment === null) continue;
    const { index } = compileAssignment(ruleOf(experiment, context))(unitOf(context.attributes));
    if (index !== null && !rule.meta?.[index]?.passthrough) return { value: experiment.variations[index], index };
  }
  return { value: feature?.defaultValue ?? null };
}

const rulesOf = ({ features = {} }: SdkContext): FeatureRule[] => Object.values(features).flatMap(({ rules = [] }) => rules);
/** The other cases have no experiment: they are about the values of the SDK's features, its rollouts of one value, and their prerequisites. */
const experimental = growthBookCases.feature.filter(([, context]) => rulesOf(context).some((rule) => experimentOf(rule, '') !== null));

describe('GrowthBook: feature', () => {
  it.each(experimental)('%s', (_, context, key, expected) => {
    const result = evaluateFeature(context, key);
    expect(result?.value ?? null).toEqual(expected.value);
    expect(result?.index).toBe(expected.experimentResult?.variationId);
  });

  it('runs all with an experiment, 21 of 55', () => {
    expect([growthBookCases.feature.length, experimental.length]).toEqual([55, 21]);
  });
});

describe('GrowthBook: stickyBucket', () => {
  it.each(growthBookCases.stickyBucket)('%s', (_, context, stored, key, expected, after) => {
    const attributes = context.attributes as Attributes;
    const experiment = experimentOf(context.features?.[key]?.rules?.[0] as FeatureRule, key) as Experiment<unknown>;
    const documents = documentsOf(stored, attributes);
    const { index, reason, save } = compileAssignment(ruleOf(experiment))(unitOf(attributes, documents));
    expect(index).toBe(expected?.variationId ?? null);
    expect(reason === 'STICKY').toBe(expected?.stickyBucketUsed ?? false);
    if (expected) {
      const { hashAttribute, hashValue, bucket } = expected;
      expect(hashFraction(experiment.seed ?? key, hashValue, experiment.hashVersion === 2 ? 2 : 1)).toBe(bucket);
      if (save) expect(save).toMatchObject({ attributeName: hashAttribute, attributeValue: hashValue });
    }
    const saved = save ? { [stickyKey(save.attributeName, save.attributeValue)]: plainDocument(save) } : {};
    expect({ ...documents, ...saved }).toEqual(after);
  });

  it('runs all 13', () => {
    expect(growthBookCases.stickyBucket).toHaveLength(13);
  });
});
