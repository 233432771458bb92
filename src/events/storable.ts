import type { JsonObject, JsonValue } from './event';

const maxDepth = 64;

/**
 * False when a text in the value, keys included, holds what the database cannot keep (U+0000, or half of a surrogate pair), or when the
 * value is nested deeper than 64 levels: those who read it later are recursive.
 */
export function isStorable(value: JsonValue, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= maxDepth) return false;
  if (Array.isArray(value)) return value.every((one) => isStorable(one, depth + 1));
  // Every request comes by here: no pairs are made.
  for (const key of Object.keys(value)) if (!isStorable(key) || !isStorable((value as JsonObject)[key] ?? null, depth + 1)) return false;
  return true;
}

export const unstorableSentence = 'holds what cannot be stored: U+0000, half of a surrogate pair, or more than 64 levels.';

/** True for what JSON can say: a file that was mapped into an object, or a number beyond all doubles, would be stored as something else. */
export function isPlainJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' || typeof value === 'boolean' || value === null;
  if (Array.isArray(value)) return value.every(isPlainJson);
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isPlainJson);
}
