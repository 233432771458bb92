import { matchesTargeting } from './targeting';
import type { Attributes } from './unit';

type Scalar = string | number | boolean | null;
type Test = (value: unknown) => boolean;

/**
 * `matchesTargeting` for one condition, several times as fast for the plain ones: attributes compared with a scalar, or with $eq, $ne, $in, $nin,
 * $lt, $lte, $gt and $gte of scalars, without paths. It decides exactly the same; whatever is not plain, in the condition or in a unit's
 * attribute, goes to `matchesTargeting` itself.
 *
 * @param condition one that `validateTargeting` accepts; null: everybody.
 * @example compileTargeting({ age: { $gte: 18 } })({ age: 30 }); // true
 */
export function compileTargeting(condition: Attributes | null): (attributes: Attributes | null) => boolean {
  const tests = condition === null ? [] : Object.entries(condition).map(([name, wanted]) => compileAttribute(name, wanted));
  const slow = (attributes: Attributes | null) => matchesTargeting(condition, attributes);
  if (!tests.every((test) => test !== null)) return slow;
  const [first] = tests;
  if (first === undefined) return () => true;
  if (tests.length === 1) return (attributes) => first(attributes ?? none) ?? slow(attributes);
  return (attributes) => {
    for (const test of tests) {
      const passes = test(attributes ?? none);
      if (passes === null) return slow(attributes);
      if (!passes) return false;
    }
    return true;
  };
}

const none: Attributes = Object.freeze({});

/** Null in place of a test: the condition is not plain. Null in place of an answer: the attribute's value is not. */
function compileAttribute(name: string, wanted: unknown): ((attributes: Attributes) => boolean | null) | null {
  const test = name.startsWith('$') || name.includes('.') ? null : compileTest(wanted);
  if (test === null) return null;
  return (attributes) => {
    const value = attributes[name];
    if (isScalar(value)) return test(value);
    // A missing attribute counts as null; one that is there and undefined does not.
    return value === undefined && !(name in attributes) ? test(null) : null;
  };
}

function compileTest(wanted: unknown): Test | null {
  if (isScalar(wanted)) return compileEquality(wanted);
  if (typeof wanted !== 'object' || Array.isArray(wanted)) return null;
  const tests = Object.entries(wanted as object).map(([operator, operand]) => compileOperator(operator, operand));
  if (tests.length === 0 || !tests.every((test) => test !== null)) return null;
  const [first, ...others] = tests as [Test, ...Test[]];
  return others.length === 0 ? first : (value) => first(value) && others.every((test) => test(value));
}

/** The looser comparison of plain values: an attribute 5 equals "5", and null equals "null". */
function compileEquality(wanted: Scalar): Test {
  if (typeof wanted === 'string') return (value) => (typeof value === 'string' ? value : String(value)) === wanted;
  if (typeof wanted === 'number') return (value) => Number(value) === wanted;
  if (typeof wanted === 'boolean') return (value) => value !== null && Boolean(value) === wanted;
  return (value) => value === null;
}

function compileOperator(operator: string, operand: unknown): Test | null {
  if (operator === '$in' || operator === '$nin') {
    if (!Array.isArray(operand) || !operand.every(isScalar)) return null;
    const listed = new Set<unknown>(operand);
    return operator === '$in' ? (value) => listed.has(value) : (value) => !listed.has(value);
  }
  if (!isScalar(operand)) return null;
  // JavaScript's own comparison of mixed types is meant: the SDK compares that way.
  const bound = operand as number;
  switch (operator) {
    case '$eq':
      return (value) => value === operand;
    case '$ne':
      return (value) => value !== operand;
    case '$lt':
      return (value) => (value as number) < bound;
    case '$lte':
      return (value) => (value as number) <= bound;
    case '$gt':
      return (value) => (value as number) > bound;
    case '$gte':
      return (value) => (value as number) >= bound;
    default:
      return null;
  }
}

function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
