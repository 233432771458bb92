/** What is remembered about one unit: GrowthBook's document, so that both can read one store, plus the propensities, which its SDK passes over. */
export interface StickyDocument {
  readonly attributeName: string;
  readonly attributeValue: string;
  /** Variant's key by `assignmentKey`. */
  readonly assignments: Readonly<Record<string, string>>;
  /** Probability with which each variant was drawn, by `assignmentKey`; missing for what GrowthBook's SDK stored. */
  readonly propensities?: Readonly<Record<string, number>>;
}

/** By `stickyKey`. */
export type StickyDocuments = Readonly<Record<string, StickyDocument>>;

/** Where the document of a unit is found. @example stickyKey('id', 'a'); // 'id||a' */
export function stickyKey(attributeName: string, attributeValue: string): string {
  return `${attributeName}||${attributeValue}`;
}

/** The name of an assignment in a document. @example assignmentKey('checkout', 3); // 'checkout__3' */
export function assignmentKey(experiment: string, bucketVersion: number): string {
  return `${experiment}__${bucketVersion}`;
}

export interface StickyAssignment {
  readonly key: string;
  readonly variant: string;
  /** Null: not known. */
  readonly propensity: number | null;
}

/**
 * The document with one more assignment; null when it has that already, so that nothing has to be written.
 *
 * @param known the present document of the unit, if there is one.
 * @example withAssignment(undefined, 'id', 'a', { key: 'x__0', variant: 'new', propensity: 0.5 });
 * // { attributeName: 'id', attributeValue: 'a', assignments: { x__0: 'new' }, propensities: { x__0: 0.5 } }
 */
export function withAssignment(
  known: StickyDocument | undefined,
  attributeName: string,
  attributeValue: string,
  { key, variant, propensity }: StickyAssignment,
): StickyDocument | null {
  if (known?.assignments[key] === variant) return null;
  const { [key]: _, ...others } = known?.propensities ?? {};
  return {
    attributeName,
    attributeValue,
    assignments: { ...known?.assignments, [key]: variant },
    propensities: propensity === null ? others : { ...others, [key]: propensity },
  };
}
