/** A part of the units, so that several experiments on one model never meet: those with start <= fraction < end under the namespace's own hash. */
export interface NamespaceRange {
  /** Experiments that name the same one cut up the same units. */
  readonly id: string;
  /** 0..1 */
  readonly start: number;
  /** 0..1, above `start`. */
  readonly end: number;
}
