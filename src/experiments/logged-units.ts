import type { MetricSums } from './result-sums';

/** Most units that a report reads one by one; of a larger experiment it reads a sample. */
export const maxReportUnits = 200_000;

export interface LoggedUnitsRequest {
  readonly experiment: string;
  readonly metric: string;
  /** Then only units with a denominator are read; of any other metric all of them, with a denominator of 1. */
  readonly isRatio: boolean;
  readonly cap: number | null;
  /** Units whose period ended later are too young; null: none is. */
  readonly exposedBefore: Date | null;
}

/** Units of one variant that got it with one probability. */
export interface LoggedGroup {
  readonly variant: string;
  /** As it was logged with the unit's first prediction; null: that prediction is not kept any more. */
  readonly propensity: number | null;
  readonly sums: MetricSums;
}

export interface LoggedUnits {
  readonly groups: readonly LoggedGroup[];
  /** 1: all units were read; n: every n-th, chosen by a hash that has nothing to do with the assignment. */
  readonly sampledOneIn: number;
}

/** Port: what each unit did and how likely its variant was; reads units, so it is asked on demand only. */
export interface LoggedUnitStore {
  /** @throws AppError DEADLINE_EXCEEDED when it takes too long; OVERLOADED when too many reports wait. */
  read(request: LoggedUnitsRequest): Promise<LoggedUnits>;
}
