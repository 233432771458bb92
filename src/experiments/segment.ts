import type { JsonObject } from '../events/event';

/** Units that share a value of one declared attribute, written `country=DE`. */
export type Segment = string;

/** The one that every unit is in. */
export const everyone: Segment = '';
export const maxSegmentAttributes = 5;
/** Values of one attribute that are told apart in one experiment; units with a later one are in `country=(other)`. */
export const maxSegmentValues = 20;

const maxValueLength = 64;
const [absent, other] = ['(none)', '(other)'];

/**
 * The segments of a unit, one for each declared attribute. Texts, numbers and truth values are told apart; what is missing or a list or an
 * object is `(none)`. Long texts are cut.
 *
 * @example segmentsOf(['country', 'plan'], { country: 'DE' }); // ['country=DE', 'plan=(none)']
 */
export function segmentsOf(declared: readonly string[], attributes: JsonObject | null): readonly Segment[] {
  return declared.map((attribute) => `${attribute}=${textOfValue(attributes?.[attribute])}`);
}

/** Where a unit belongs whose value is one too many. */
export function otherSegment(segment: Segment): Segment {
  return `${attributeOf(segment)}=${other}`;
}

/** Whether it counts against the values that are told apart. */
export function isOwnValue(segment: Segment): boolean {
  return segment !== `${attributeOf(segment)}=${absent}` && segment !== otherSegment(segment);
}

/** @example attributeOf('country=DE'); // 'country' */
export function attributeOf(segment: Segment): string {
  return segment.slice(0, segment.indexOf('='));
}

function textOfValue(value: unknown): string {
  const isTold = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const text = isTold ? String(value).trim().slice(0, maxValueLength) : '';
  return text === '' ? absent : text;
}
