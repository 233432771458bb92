import type { StickyDocuments } from './sticky-document';

/** What clients tell about a unit, as JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One that may take part in experiments: a user, a device, a company. */
export interface Unit {
  /** What the experiments assign by, unless they name another attribute; null or '': unknown. GrowthBook's attribute `id`. */
  readonly id: string | null;
  readonly attributes: Attributes | null;
  /** What was remembered about the unit, by `stickyKey`; null: nothing is remembered, so that assignments follow the hash alone. */
  readonly documents: StickyDocuments | null;
}

/** The attribute that stands for the unit's own id. */
export const idAttribute = 'id';

/**
 * Reads what a unit is told apart by. Texts, numbers and true count, as in GrowthBook's SDK, where whatever is falsy (0 as well) is no identity.
 * Lists and objects do not: the SDK would take all objects for one unit.
 *
 * @returns a function from a unit to its value, '' when it has none.
 * @example compileIdentity('company')({ id: 'a', attributes: { company: 7 }, documents: null }); // '7'
 */
export function compileIdentity(attribute: string): (unit: Unit) => string {
  if (attribute === idAttribute) return ({ id }) => id ?? '';
  return ({ attributes }) => {
    const value = attributes?.[attribute];
    if (typeof value === 'string') return value;
    return value === true || (typeof value === 'number' && value !== 0 && Number.isFinite(value)) ? String(value) : '';
  };
}
