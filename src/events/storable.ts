import type { JsonValue } from './event';

const halfPair = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** False when a text in the value, keys included, holds what the database cannot keep: U+0000, or half of a surrogate pair. */
export function isStorable(value: JsonValue): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && !halfPair.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isStorable);
  return Object.entries(value).every(([key, one]) => isStorable(key) && isStorable(one));
}

export const unstorableSentence = 'holds characters that cannot be stored (U+0000, or half of a surrogate pair).';
