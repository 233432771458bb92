/** A unit's first exposure to an experiment whose weights may change. */
export interface Enrolment {
  /** Grows with each unit that is enrolled, over all replicas. */
  readonly place: number;
  readonly unitId: string;
  readonly variant: string;
  readonly phase: number;
}

/** Port: who is enrolled, as the database has it. */
export interface EnrolmentSource {
  /** Those after a place, in its order, at most `limit`. Whoever asks on from the last one misses nobody. */
  read(experiment: string, after: number, limit: number): Promise<readonly Enrolment[]>;
}
