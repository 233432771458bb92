import type { MetricSums } from './result-sums';

export interface SharedUnitsRequest {
  readonly first: string;
  readonly second: string;
  readonly metric: string;
  /** The one of the two by whose exposures the units' totals are counted. */
  readonly totalsOf: string;
  /** Then only units with a denominator are summed; of any other metric all of them, with a denominator of 1. */
  readonly isRatio: boolean;
  readonly cap: number | null;
  /** Units whose period in `totalsOf` ended later are not summed, only counted; null: all are. */
  readonly exposedBefore: Date | null;
}

/** Units that are in both experiments, by their variants there. */
export interface SharedCell {
  readonly first: string;
  readonly second: string;
  /** All of them. */
  readonly units: number;
  readonly sums: MetricSums;
}

export interface SharedUnits {
  readonly cells: readonly SharedCell[];
  /** 1: all units were read; n: every n-th, chosen by a hash that has nothing to do with the assignment. */
  readonly sampledOneIn: number;
}

/** Port: the units that two experiments share; reads units, so it is asked on demand only. */
export interface SharedUnitStore {
  /** @throws AppError DEADLINE_EXCEEDED when it takes too long; OVERLOADED when too many reports wait. */
  read(request: SharedUnitsRequest): Promise<SharedUnits>;
}
