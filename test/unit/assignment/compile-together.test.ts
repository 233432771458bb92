import fc from 'fast-check';
import type { AssignmentRule } from '../../../src/assignment/assignment-rule';
import { compileAssignment } from '../../../src/assignment/compile-assignment';
import { compileTogether } from '../../../src/assignment/compile-together';
import type { Attributes, Unit } from '../../../src/assignment/unit';

const aUnit = (id: string): Unit => ({ id, attributes: null, documents: null });

/** An experiment that needs what the condition says about each parent. */
function aRule(key: string, parents: readonly string[], condition: Attributes = { inExperiment: true }): AssignmentRule {
  return { key, variants: ['old', 'new'], coverage: 0.7, prerequisites: parents.map((experiment) => ({ experiment, condition })) };
}

describe('compileTogether', () => {
  it('decides about parents first, whatever the order of the rules', () => {
    const rules = [aRule('c', ['a', 'b']), aRule('b', ['a'], { value: 'new' }), aRule('a', [])];
    fc.assert(
      fc.property(fc.uuid(), fc.shuffledSubarray(rules, { minLength: 3 }), (id, shuffled) => {
        const decisions = compileTogether(shuffled)(aUnit(id));
        const [a, b, c] = ['a', 'b', 'c'].map((key) => decisions.get(key));
        expect(a).toEqual(compileAssignment(aRule('a', []))(aUnit(id)));
        expect(b?.reason === 'PREREQUISITE_NOT_MET').toBe(a?.variant !== 'new');
        expect(c?.reason === 'PREREQUISITE_NOT_MET').toBe(a?.variant === null || b?.variant === null);
      }),
      { numRuns: 500 },
    );
  });

  it('can ask for units that a parent left alone, and why', () => {
    const parent = { ...aRule('a', []), coverage: 0 };
    const decide = (condition: Attributes) =>
      compileTogether([parent, { ...aRule('b', ['a'], condition), coverage: 1 }])(aUnit('u')).get('b')?.reason;
    expect(decide({ inExperiment: false })).toBe('ASSIGNED');
    expect(decide({ value: null, reason: { $in: ['NOT_IN_COVERAGE', 'HELD_OUT'] } })).toBe('ASSIGNED');
    expect(decide({ reason: 'NOT_TARGETED' })).toBe('PREREQUISITE_NOT_MET');
  });

  it.each<[string, AssignmentRule[]]>([
    ['Prerequisites go round in a circle: a -> b -> a.', [aRule('a', ['b']), aRule('b', ['a'])]],
    ['Prerequisites go round in a circle: a -> a.', [aRule('a', ['a'])]],
    ['"a" needs "gone", which is not among the experiments.', [aRule('a', ['gone'])]],
    ['Two experiments have the same key.', [aRule('a', []), aRule('a', [])]],
  ])('refuses: %s', (problem, rules) => {
    expect(() => compileTogether(rules)).toThrow(problem);
  });
});
