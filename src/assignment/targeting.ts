import { evalCondition } from '@growthbook/growthbook';
import { costlyPattern, maxPatternText } from './pattern-cost';

type Attributes = Readonly<Record<string, unknown>>;

/**
 * Does a unit with these attributes meet a GrowthBook condition, such as `{ "country": "DE", "age": { "$gte": 18 } }`? Evaluated by the
 * SDK's own `evalCondition`, so a client with that SDK decides the same. No condition: everybody. No attributes: as if every attribute
 * were null. Attributes come from clients: one that cannot be compared at all, such as `{ "toString": 1 }` with a text, does not match and
 * never throws. A condition with a regular expression matches nobody who has a text of more than 256 characters; one with an expression that
 * `validateTargeting` refuses as costly (stored before it did) matches nobody at all.
 *
 * @param condition one that `validateTargeting` accepts.
 * @example matchesTargeting({ age: { $gte: 18 } }, { age: 30 }); // true
 */
export function matchesTargeting(condition: Attributes | null, attributes: Attributes | null): boolean {
  if (condition === null) return true;
  const patterns = patternsOf(condition);
  if (patterns === 'costly' || (patterns === 'bounded' && attributes !== null && hasLongText(attributes))) return false;
  try {
    return evalCondition(attributes ?? {}, condition as Parameters<typeof evalCondition>[1]);
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * What is wrong with a condition, as one sentence for its author; null when nothing is. The SDK takes an unknown operator for "matches
 * nobody" and an unknown saved group for "everybody is outside it", so such mistakes are refused when the experiment is created.
 *
 * @example validateTargeting({ age: { $min: 18 } }); // 'Targeting: "age" uses the unknown operator "$min".'
 */
export function validateTargeting(condition: unknown): string | null {
  const problem = conditionProblem(condition, 0);
  return problem === null ? null : `Targeting: ${problem}`;
}

/** Deeper ones would be an attack on the stack, not an audience. */
const maxDepth = 32;
const tooDeep = `conditions may be nested ${maxDepth} levels deep at most.`;

function conditionProblem(condition: unknown, depth: number): string | null {
  if (depth > maxDepth) return tooDeep;
  if (!isPlainObject(condition)) return 'a condition must be an object, for example { "country": "DE" }.';
  return firstProblem(Object.entries(condition), ([key, value]) => keyProblem(key, value, depth));
}

function keyProblem(key: string, value: unknown, depth: number): string | null {
  if (!key.startsWith('$')) return valueProblem(key, value, depth + 1);
  if (key === '$not') return conditionProblem(value, depth + 1);
  if (key === '$and' || key === '$or' || key === '$nor') {
    if (!Array.isArray(value)) return `"${key}" needs a list of conditions.`;
    return firstProblem(value, (item) => conditionProblem(item, depth + 1));
  }
  if (key === '$savedGroup') return 'saved groups are not supported; list the values with "$in".';
  if (operators.has(key)) return `"${key}" needs an attribute in front of it, for example { "age": { "$gt": 18 } }.`;
  return `"${key}" is neither one of $and, $or, $nor, $not nor an attribute.`;
}

/** A plain value is compared for equality; an object whose keys are all operators is a set of tests that must all hold. */
function valueProblem(attribute: string, value: unknown, depth: number): string | null {
  if (depth > maxDepth) return tooDeep;
  if (!isPlainObject(value)) return isJsonValue(value) ? null : `"${attribute}" is compared with something that is not JSON.`;
  const keys = Object.keys(value);
  const operatorKeys = keys.filter((key) => key.startsWith('$'));
  if (operatorKeys.length === 0) return null;
  if (operatorKeys.length < keys.length) return `"${attribute}" mixes operators with other keys.`;
  return firstProblem(Object.entries(value), ([operator, operand]) => operatorProblem(attribute, operator, operand, depth));
}

function operatorProblem(attribute: string, operator: string, operand: unknown, depth: number): string | null {
  if (operator === '$inGroup' || operator === '$notInGroup') {
    return `"${attribute}" uses "${operator}", but saved groups are not supported; list the values with "$in" or "$nin".`;
  }
  const rule = operators.get(operator);
  if (rule === undefined) return `"${attribute}" uses the unknown operator "${operator}".`;
  if (!rule.accepts(operand)) return `"${operator}" of "${attribute}" needs ${rule.needs}.`;
  switch (operator) {
    case '$not':
    case '$size':
      return valueProblem(attribute, operand, depth + 1);
    case '$all':
    case '$alli':
      return firstProblem(operand as unknown[], (item) => valueProblem(attribute, item, depth + 1));
    case '$elemMatch':
      return isOperatorObject(operand) ? valueProblem(attribute, operand, depth + 1) : conditionProblem(operand, depth + 1);
    case '$regex':
    case '$regexi': {
      const problem = costlyPattern(operand as string);
      return problem === null ? null : `the regular expression of "${attribute}" ${problem}; it could stall the server.`;
    }
    default:
      return null;
  }
}

type Patterns = 'none' | 'bounded' | 'costly';

/** Decided once for each condition: one is evaluated for every request. */
const knownPatterns = new WeakMap<object, Patterns>();

function patternsOf(condition: object): Patterns {
  let found = knownPatterns.get(condition);
  if (found === undefined) {
    found = findPatterns(condition);
    knownPatterns.set(condition, found);
  }
  return found;
}

function findPatterns(condition: object): Patterns {
  const texts: string[] = [];
  JSON.stringify(condition, (key, value) => {
    if ((key === '$regex' || key === '$regexi') && typeof value === 'string') texts.push(value);
    return value;
  });
  if (texts.some((text) => costlyPattern(text) !== null)) return 'costly';
  return texts.length === 0 ? 'none' : 'bounded';
}

function hasLongText(value: unknown): boolean {
  if (typeof value === 'string') return value.length > maxPatternText;
  // A list is tried as its own text, elements joined by commas.
  if (Array.isArray(value) && String(value).length > maxPatternText) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLongText);
}

interface OperandRule {
  readonly needs: string;
  readonly accepts: (operand: unknown) => boolean;
}

const anyValue: OperandRule = { needs: 'a value', accepts: () => true };
const scalar: OperandRule = {
  needs: 'a string, a number, true, false or null',
  accepts: (operand) => operand === null || isScalar(operand),
};
const ordered: OperandRule = { needs: 'a number or a string', accepts: (operand) => isScalar(operand) && typeof operand !== 'boolean' };
const list: OperandRule = { needs: 'a list', accepts: Array.isArray };
const version: OperandRule = { needs: 'a version as a string, for example "1.2.3"', accepts: (operand) => typeof operand === 'string' };
const pattern: OperandRule = { needs: 'a valid regular expression, as a string', accepts: isRegularExpression };
const size: OperandRule = {
  needs: 'a number or an operator',
  accepts: (operand) => typeof operand === 'number' || isOperatorObject(operand),
};
const object: OperandRule = { needs: 'a condition', accepts: isPlainObject };
const flag: OperandRule = { needs: 'true or false', accepts: (operand) => typeof operand === 'boolean' };
const typeNames = ['string', 'number', 'boolean', 'array', 'object', 'null', 'undefined'];
const typeName: OperandRule = { needs: `one of ${typeNames.join(', ')}`, accepts: (operand) => typeNames.includes(operand as string) };

/** The operators that GrowthBook's SDK knows, without those of saved groups. */
const operators: ReadonlyMap<string, OperandRule> = new Map([
  ...['$eq', '$ne'].map((key) => [key, scalar] as const),
  ...['$lt', '$lte', '$gt', '$gte'].map((key) => [key, ordered] as const),
  ...['$veq', '$vne', '$vlt', '$vlte', '$vgt', '$vgte'].map((key) => [key, version] as const),
  ...['$in', '$nin', '$ini', '$nini', '$all', '$alli'].map((key) => [key, list] as const),
  ...['$regex', '$regexi'].map((key) => [key, pattern] as const),
  ['$exists', flag],
  ['$type', typeName],
  ['$size', size],
  ['$elemMatch', object],
  ['$not', anyValue],
]);

function firstProblem<T>(items: readonly T[], problemOf: (item: T) => string | null): string | null {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== null) return problem;
  }
  return null;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOperatorObject(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => key.startsWith('$'));
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isJsonValue(value: unknown): boolean {
  return value === null || isScalar(value) || Array.isArray(value);
}

function isRegularExpression(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
