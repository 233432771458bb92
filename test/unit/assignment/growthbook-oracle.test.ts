import { type Experiment, GrowthBookClient, type UserContext } from '@growthbook/growthbook';
import fc from 'fast-check';
import { compileAssignment } from '../../../src/assignment/compile-assignment';
import type { StickyDocument } from '../../../src/assignment/sticky-document';
import type { Attributes } from '../../../src/assignment/unit';
import { documentsOf, plainDocument, ruleOf, unitOf } from './growthbook-rule';

const fraction = fc.oneof(fc.constantFrom(0, 0.1, 0.25, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const range = fc.tuple(fraction, fraction).map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)]);
const attribute = fc.constantFrom('id', 'company', 'device');
const text = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ minLength: 1, unit: 'binary' }), fc.uuid());
/** Mostly one of two values, so that documents are often found. */
const identity: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('u1', 'u2') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(7, 0, '', null, true, false, 1.5) },
  { weight: 2, arbitrary: text },
);

const condition = fc.constantFrom<Attributes>(
  { country: 'DE' },
  { country: { $in: ['DE', 'AT'] } },
  { age: { $gte: 18, $lt: 60 } },
  { country: { $ne: 'DE' }, age: 30 },
  { plan: null },
  { 'browser.version': { $gt: 4 } },
  { $or: [{ country: 'DE' }, { age: { $lt: 30 } }] },
  { $not: { country: 'FR' } },
  {},
);

function goodWeights(count: number): fc.Arbitrary<number[]> {
  return fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: count, maxLength: count })
    .filter((parts) => parts.some((part) => part > 0))
    .map((parts) => parts.map((part) => part / parts.reduce((sum, other) => sum + other, 0)));
}

/** Missing fields are as likely as the others, as most experiments use few of them. */
function experimentOfVariants(count: number): fc.Arbitrary<Experiment<number>> {
  const variations = Array.from({ length: count }, (_, index) => index);
  const fields = {
    seed: text,
    hashVersion: fc.constantFrom(1, 2),
    hashAttribute: attribute,
    fallbackAttribute: attribute,
    coverage: fc.oneof(fraction, fraction, fc.double({ min: -1, max: 2, noNaN: true })),
    weights: fc.oneof(goodWeights(count), goodWeights(count), fc.array(fraction, { maxLength: 6 })),
    namespace: fc.tuple(fc.constantFrom('pricing', 'ranking'), fc.constantFrom(0, 0.1), fc.constantFrom(0.7, 1)),
    condition,
    active: seldomly(12, false, true),
    status: fc.oneof(seldomly(12, 'draft', 'running'), seldomly(12, 'stopped', 'running')),
    bucketVersion: fc.constantFrom(0, 0, 1, 2),
    minBucketVersion: fc.constantFrom(0, 1, 2),
    disableStickyBucketing: fc.constantFrom(false, false, false, true),
  };
  const ranges = fc.array(range, { minLength: count, maxLength: count });
  const force = fc.integer({ min: 0, max: count - 1 });
  return fc
    .tuple(fc.record(fields, { requiredKeys: [] }), seldom(4, { ranges }), seldom(8, { filters }), seldom(12, { force }))
    .map((parts) => Object.assign({ key: 'exp', variations, meta: variations.map((index) => ({ key: `v${index}` })) }, ...parts));
}

/** One value once in `times`, else the other. */
function seldomly<T>(times: number, value: T, other: T): fc.Arbitrary<T> {
  return fc.nat({ max: times - 1 }).map((drawn) => (drawn === times - 1 ? value : other));
}

/** The fields once in `times`, else none of them. */
function seldom(times: number, fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.record(fields) });
}

const filters = fc.array(
  fc.record(
    { seed: fc.constantFrom('a', 'b'), ranges: fc.array(range, { maxLength: 3 }), hashVersion: fc.constantFrom(1, 2), attribute },
    { requiredKeys: ['seed', 'ranges'] },
  ),
  { maxLength: 2 },
);

const experiment = fc.constantFrom(2, 2, 3, 3, 3, 4, 4, 5, 5, 1).chain(experimentOfVariants);

const attributes: fc.Arbitrary<Attributes> = fc.record(
  {
    id: identity,
    company: identity,
    device: identity,
    browser: fc.record({ version: fc.integer({ min: 1, max: 8 }) }),
    country: fc.constantFrom('DE', 'AT', 'FR'),
    age: fc.integer({ min: 10, max: 70 }),
  },
  { requiredKeys: [] },
);

const documents: fc.Arbitrary<StickyDocument[]> = fc.array(
  fc.record({
    attributeName: attribute,
    attributeValue: fc.constantFrom('u1', 'u1', 'u2', 'u2', '7', 'true'),
    assignments: fc.dictionary(
      fc.constantFrom('exp__0', 'exp__0', 'exp__1', 'exp__2', 'other__0'),
      fc.constantFrom('v0', 'v1', 'v1', 'gone'),
      { minKeys: 1, maxKeys: 3 },
    ),
  }),
  { maxLength: 4 },
);

/** What the SDK decides, and the document it saves. */
function askSdk(sdk: GrowthBookClient, input: Experiment<number>, unit: Attributes, stored: readonly StickyDocument[] | null) {
  const saved: unknown[] = [];
  const memory = stored && {
    stickyBucketAssignmentDocs: structuredClone(documentsOf(stored, unit)),
    saveStickyBucketAssignmentDoc: async (document: unknown) => void saved.push(document),
  };
  const result = sdk.runInlineExperiment(input, { attributes: unit, ...memory } as UserContext);
  return { index: result.inExperiment ? result.variationId : null, save: saved[0] ?? null, sticky: result.stickyBucketUsed === true };
}

describe('compileAssignment', () => {
  it('decides as the GrowthBook SDK does for 10,000 random experiments and users', () => {
    const silent = jest.spyOn(console, 'error').mockImplementation(() => {});
    const sdk = new GrowthBookClient({});
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(experiment, attributes, fc.option(documents), (input, unit, stored) => {
        const expected = askSdk(sdk, input, unit, stored);
        const decision = compileAssignment(ruleOf(input))(unitOf(unit, stored && documentsOf(stored, unit)));
        expect(decision.index).toBe(expected.index);
        expect(decision.save && plainDocument(decision.save)).toEqual(expected.save);
        if (decision.reason === 'STICKY') expect(expected.sticky).toBe(true);
        seen.set(decision.reason, (seen.get(decision.reason) ?? 0) + 1);
      }),
      { numRuns: 10_000 },
    );
    silent.mockRestore();
    // The comparison means something only if it has been through every exit.
    const exits = [
      'ASSIGNED',
      'STICKY',
      'FORCED',
      'NOT_RUNNING',
      'NO_UNIT',
      'NOT_IN_NAMESPACE',
      'NOT_TARGETED',
      'BLOCKED',
      'NOT_IN_COVERAGE',
    ];
    for (const exit of exits) expect([exit, (seen.get(exit) ?? 0) > 30]).toEqual([exit, true]);
  });
});
