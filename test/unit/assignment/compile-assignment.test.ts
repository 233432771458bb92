import fc from 'fast-check';
import type { AssignmentRule } from '../../../src/assignment/assignment-rule';
import { compileAssignment } from '../../../src/assignment/compile-assignment';
import type { Decision } from '../../../src/assignment/decision';
import type { Holdout } from '../../../src/assignment/holdout';
import type { Layer } from '../../../src/assignment/layer';
import type { StickyDocument, StickyDocuments } from '../../../src/assignment/sticky-document';
import type { Attributes, Unit } from '../../../src/assignment/unit';

const base: AssignmentRule = { key: 'exp', variants: ['old', 'new'] };
const hashVersion = fc.constantFrom(1, 2, 3) as fc.Arbitrary<1 | 2 | 3>;
const coverage = fc.oneof(fc.constantFrom(0, 0.01, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const text = fc.oneof(fc.uuid(), fc.string({ minLength: 1 }), fc.string({ minLength: 1, unit: 'grapheme' }));
const weights = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 })
  .filter((parts) => parts.some((part) => part > 0))
  .map((parts) => parts.map((part) => part / parts.reduce((sum, other) => sum + other, 0)));

function aUnit(id: string | null, attributes: Attributes | null = null, documents: StickyDocuments | null = null): Unit {
  return { id, attributes, documents };
}

/** Decisions about so many units. */
function decideMany(rule: AssignmentRule, units: number): Decision[] {
  const decide = compileAssignment(rule);
  return Array.from({ length: units }, (_, unit) => decide(aUnit(`user-${unit}`)));
}

function withVariants(shares: readonly number[]): Pick<AssignmentRule, 'variants' | 'weights'> {
  return { variants: shares.map((_, index) => `v${index}`), weights: shares };
}

describe('compileAssignment', () => {
  it('gives the same variant each time', () => {
    fc.assert(
      fc.property(text, text, coverage, weights, hashVersion, (seed, id, share, parts, version) => {
        const rule = { ...base, ...withVariants(parts), seed, coverage: share, hashVersion: version };
        const decide = compileAssignment(rule);
        expect(decide(aUnit(id))).toEqual(compileAssignment({ ...rule })(aUnit(id)));
        decide(aUnit(`${id}!`));
        expect(decide(aUnit(id))).toEqual(compileAssignment(rule)(aUnit(id)));
      }),
    );
  });

  it('never moves an enrolled unit when the coverage rises', () => {
    fc.assert(
      fc.property(text, text, coverage, coverage, weights, hashVersion, (seed, id, one, other, parts, version) => {
        const rule = { ...base, ...withVariants(parts), seed, hashVersion: version };
        const before = compileAssignment({ ...rule, coverage: Math.min(one, other) })(aUnit(id));
        if (before.variant !== null) expect(compileAssignment({ ...rule, coverage: Math.max(one, other) })(aUnit(id))).toEqual(before);
      }),
      { numRuns: 3_000 },
    );
  });

  it('enrols everybody at coverage 1 and nobody at 0', () => {
    fc.assert(
      fc.property(text, hashVersion, (id, version) => {
        const rule = { ...base, ...withVariants([0.2, 0.3, 0.5]), hashVersion: version };
        expect(compileAssignment({ ...rule, coverage: 1 })(aUnit(id)).reason).toBe('ASSIGNED');
        expect(compileAssignment({ ...rule, coverage: 0 })(aUnit(id)).reason).toBe('NOT_IN_COVERAGE');
      }),
    );
  });

  it.each([1, 2, 3] as const)('gives each variant its share, which is its propensity, with hash version %i', (version) => {
    const units = 20_000;
    const decisions = decideMany(
      { ...base, ...withVariants([0.5, 0.3, 0.2, 0]), seed: 'digits', coverage: 0.8, hashVersion: version },
      units,
    );
    const enrolled = decisions.filter((decision) => decision.variant !== null);
    expect(Math.abs(enrolled.length / units - 0.8)).toBeLessThan(4 * Math.sqrt(0.16 / units));
    for (const [index, share] of [0.5, 0.3, 0.2, 0].entries()) {
      const own = enrolled.filter((decision) => decision.index === index);
      expect(Math.abs(own.length / enrolled.length - share)).toBeLessThanOrEqual(4 * Math.sqrt((share * (1 - share)) / enrolled.length));
      for (const { propensity } of own) expect(propensity).toBe(share);
    }
  });

  it('reports the weights that were used: equal ones for unusable weights, those of the ranges when there are ranges', () => {
    const unusable = decideMany({ ...base, weights: [0.9, 0.9] }, 50);
    expect(new Set(unusable.map((decision) => decision.propensity))).toEqual(new Set([0.5]));
    const ranged = decideMany({ ...base, ranges: [[[0, 0.1], [0.5, 0.6]], [[0.6, 0.9]]], weights: [0.5, 0.5] }, 100); // biome-ignore format: two variants
    expect(new Set(ranged.map((decision) => decision.propensity))).toEqual(new Set([0.4, 0.6, null]));
  });

  it('keeps a coverage of 0.005 % with hash version 3', () => {
    const taken = decideMany({ ...base, coverage: 0.00005, hashVersion: 3, seed: 'rare' }, 200_000).filter(
      (decision) => decision.index !== null,
    );
    expect(Math.abs(taken.length - 10)).toBeLessThan(4.5 * Math.sqrt(10));
  });

  it.each<[string, Partial<AssignmentRule>, Unit, Partial<Decision>]>([
    ['not running', { isRunning: false, forced: { a: 'new' } }, aUnit('a'), { reason: 'NOT_RUNNING' }],
    ['one variant', { variants: ['new'] }, aUnit('a'), { reason: 'NOT_RUNNING' }],
    ['no unit', {}, aUnit(null), { reason: 'NO_UNIT' }],
    ['an empty unit', {}, aUnit(''), { reason: 'NO_UNIT' }],
    ['no unit, with documents', {}, aUnit('', null, {}), { reason: 'NO_UNIT' }],
    ['no hash attribute', { hashAttribute: 'company' }, aUnit('a', { company: null }), { reason: 'NO_UNIT' }],
    ['a hash attribute that is an object', { hashAttribute: 'company' }, aUnit('a', { company: {} }), { reason: 'NO_UNIT' }],
    ['no fallback without documents', { hashAttribute: 'company', fallbackAttribute: 'id' }, aUnit('a'), { reason: 'NO_UNIT' }],
    ['a fallback with documents', { hashAttribute: 'company', fallbackAttribute: 'id' }, aUnit('a', null, {}), { reason: 'ASSIGNED' }],
    ['targeting', { targeting: { country: 'DE' } }, aUnit('a', { country: 'FR' }), { reason: 'NOT_TARGETED' }],
    ['coverage', { coverage: 0 }, aUnit('a'), { reason: 'NOT_IN_COVERAGE' }],
    ['a namespace', { namespaces: [['n', 0, 1], ['n', 0, 0]] }, aUnit('a'), { reason: 'NOT_IN_NAMESPACE' }], // biome-ignore format: one case a line
    ['a filter', { filters: [{ seed: 's', ranges: [] }] }, aUnit('a'), { reason: 'NOT_IN_NAMESPACE' }],
    [
      'a filter on a missing attribute',
      { filters: [{ seed: 's', ranges: [[0, 1]], attribute: 'x' }] },
      aUnit('a'),
      { reason: 'NOT_IN_NAMESPACE' },
    ],
    [
      'a filter before a namespace',
      { filters: [{ seed: 's', ranges: [[0, 1]] }], namespaces: [['n', 0, 0]] },
      aUnit('a'),
      { reason: 'ASSIGNED' },
    ],
    ['a holdout', { holdout: { key: 'all', share: 1 } }, aUnit('a'), { reason: 'HELD_OUT' }],
    ['a layer', { layer: { key: 'l', slots: { exp: [] } } }, aUnit('a'), { reason: 'NOT_IN_LAYER' }],
    ['a prerequisite', { prerequisites: [{ experiment: 'x', condition: {} }] }, aUnit('a'), { reason: 'PREREQUISITE_NOT_MET' }],
    ['a forced unit', { coverage: 0, forced: { a: 'new' } }, aUnit('a'), { reason: 'FORCED', variant: 'new', index: 1, propensity: 1 }],
    ['another unit', { forced: { b: 'new' } }, aUnit('a'), { reason: 'ASSIGNED' }],
    ['a forced variant', { forcedVariant: 'new' }, aUnit('a', null, {}), { reason: 'FORCED', variant: 'new', save: null }],
    ['a forced variant outside the coverage', { coverage: 0, forcedVariant: 'new' }, aUnit('a'), { reason: 'NOT_IN_COVERAGE' }],
  ])('%s', (_, rule, unit, expected) => {
    const decision = compileAssignment({ ...base, ...rule })(unit);
    expect(decision).toMatchObject(expected);
    const takesPart = ['ASSIGNED', 'STICKY', 'FORCED'].includes(decision.reason);
    expect([decision.variant !== null, decision.index !== null, decision.propensity !== null]).toEqual([takesPart, takesPart, takesPart]);
  });

  it.each<[string, Partial<AssignmentRule>]>([
    ['There is no hash version 99; use 1, 2 or 3.', { hashVersion: 99 as 2 }],
    ['Experiment "exp" has no variant "gone" to force.', { forced: { a: 'gone' } }],
    ['Experiment "exp" has no variant "gone" to force.', { forcedVariant: 'gone' }],
    ['Layer "l" has no slot for "exp".', { layer: { key: 'l', slots: {} } }],
    ['Layer "l": "b" overlaps another experiment.', { layer: { key: 'l', slots: { exp: [[0, 0.6]], b: [[0.5, 1]] } } }],
  ])('refuses a rule: %s', (problem, rule) => {
    expect(() => compileAssignment({ ...base, ...rule })).toThrow(problem);
  });
});

describe('layers and holdouts', () => {
  const layer: Layer = { key: 'ranking', slots: { a: [[0, 0.3], [0.9, 1]], b: [[0.3, 0.7]], c: [[0.7, 0.9]] } }; // biome-ignore format: one layer a line
  const remembered = (id: string): StickyDocuments => {
    const assignments = { a__0: 'new', b__0: 'new', c__0: 'new' };
    return { [`id||${id}`]: { attributeName: 'id', attributeValue: id, assignments } };
  };

  it('let at most one experiment of a layer take a unit, whatever is remembered', () => {
    fc.assert(
      fc.property(text, hashVersion, fc.boolean(), (id, version, isKnown) => {
        const unit = aUnit(id, null, isKnown ? remembered(id) : {});
        const rules = ['a', 'b', 'c'].map((key) => ({ ...base, key, layer: { ...layer, hashVersion: version } }));
        const taken = rules.filter((rule) => compileAssignment(rule)(unit).variant !== null);
        expect(taken).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('let no experiment take a unit that is held out, whatever is remembered', () => {
    const holdout: Holdout = { key: 'all', share: 0.2 };
    fc.assert(
      fc.property(text, fc.boolean(), (id, isKnown) => {
        const unit = aUnit(id, null, isKnown ? remembered(id) : {});
        const reasons = ['a', 'b', 'other'].map((key) => compileAssignment({ ...base, key, holdout })(unit).reason);
        const held = reasons.filter((reason) => reason === 'HELD_OUT').length;
        expect([0, 3]).toContain(held);
      }),
      { numRuns: 2_000 },
    );
  });

  it('hold out the same share of every layer and variant', () => {
    const units = 30_000;
    const holdout: Holdout = { key: 'all', share: 0.2 };
    for (const key of ['a', 'b', 'c']) {
      const rule = { ...base, key, layer };
      const open = decideMany(rule, units);
      const limited = decideMany({ ...rule, holdout }, units);
      for (const variant of ['old', 'new']) {
        const before = open.filter((decision) => decision.variant === variant).length;
        const after = limited.filter((decision) => decision.variant === variant).length;
        expect(Math.abs(after / before - 0.8)).toBeLessThan(4.5 * Math.sqrt(0.16 / before));
      }
    }
  });

  it('cross two layers independently', () => {
    const units = 30_000;
    const other = { ...layer, key: 'prices' };
    const [first, second] = [decideMany({ ...base, key: 'b', layer }, units), decideMany({ ...base, key: 'b', layer: other }, units)];
    const both = first.filter((decision, unit) => decision.variant !== null && second[unit]?.variant !== null).length;
    expect(Math.abs(both / units - 0.16)).toBeLessThan(4.5 * Math.sqrt((0.16 * 0.84) / units));
  });
});

describe('sticky documents', () => {
  const document = (assignments: Record<string, string>, propensities?: Record<string, number>): StickyDocument => ({
    attributeName: 'id',
    attributeValue: 'a',
    assignments,
    ...(propensities ? { propensities } : {}),
  });
  const decide = (rule: Partial<AssignmentRule>, stored: StickyDocument) =>
    compileAssignment({ ...base, ...rule })(aUnit('a', { country: 'FR' }, { 'id||a': stored }));

  it('save a new assignment with its propensity beside what is known', () => {
    const { variant, save } = decide({ weights: [0.3, 0.7] }, document({ other__0: 'x' }, { other__0: 0.1 }));
    expect(save).toEqual(document({ other__0: 'x', exp__0: variant as string }, { other__0: 0.1, exp__0: variant === 'old' ? 0.3 : 0.7 }));
  });

  it('keep a unit that is no longer in the audience, at the propensity it was drawn with', () => {
    const rule = { targeting: { country: 'DE' }, coverage: 0, weights: [1, 0] };
    const kept = { variant: 'new', reason: 'STICKY', save: null };
    expect(decide(rule, document({ exp__0: 'new' }, { exp__0: 0.25 }))).toMatchObject({ ...kept, propensity: 0.25 });
    // Stored by GrowthBook's SDK: the propensity of that day is not known, and by today's weights it would be 0.
    expect(decide(rule, document({ exp__0: 'new' }))).toMatchObject({ ...kept, propensity: null });
  });

  it('block units of a bucket version that is too old', () => {
    const rule = { bucketVersion: 3, minBucketVersion: 3 };
    expect(decide(rule, document({ exp__2: 'new' }))).toMatchObject({ variant: null, reason: 'BLOCKED', save: null });
  });

  it('are not read when the rule says so', () => {
    const plain = compileAssignment(base)(aUnit('a'));
    const opposite = plain.variant === 'new' ? 'old' : 'new';
    expect(decide({ isSticky: false }, document({ exp__0: opposite }))).toEqual(plain);
  });
});
