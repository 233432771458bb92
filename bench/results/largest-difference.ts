/** Where two readings of the same thing lie furthest apart. */
export interface Difference {
  /** As a share of the larger of the two; 1: one is no number, or they are different things. */
  readonly share: number;
  readonly path: string;
}

export const noDifference: Difference = Object.freeze({ share: 0, path: '' });

/**
 * Of two values of the same shape. Whole numbers must be the same, and so must texts and truth values.
 *
 * @example largestDifference({ units: 3, mean: 1 }, { units: 3, mean: 1.5 }); // { share: 0.333..., path: '.mean' }
 */
export function largestDifference(one: unknown, other: unknown, path = ''): Difference {
  if (typeof one === 'number' && typeof other === 'number') return { share: shareOf(one, other), path };
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return { share: one === other ? 0 : 1, path };
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys]
    .map((key) => largestDifference(fieldOf(one, key), fieldOf(other, key), `${path}.${key}`))
    .reduce(larger, { ...noDifference, path });
}

export function larger(one: Difference, other: Difference): Difference {
  return other.share > one.share ? other : one;
}

function shareOf(one: number, other: number): number {
  if (Object.is(one, other) || one === other) return 0;
  if (Number.isInteger(one) && Number.isInteger(other)) return 1;
  const share = Math.abs(one - other) / Math.max(Math.abs(one), Math.abs(other));
  return Number.isFinite(share) ? share : 1;
}

function fieldOf(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
