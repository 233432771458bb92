import type { UnitTotals } from '../../experiments/result-sums';
import { everyone } from '../../experiments/segment';
import type { UnitGroup } from '../../experiments/unit-group';
import { logarithmicBin } from '../../statistics/logarithmic-bins';
import { allPeriods, type TallyChanges } from './tally-changes';

/** Of a quantile metric, whose units are counted by value and not summed: whether its periods are told apart. */
export type Histogram = 'BY_PERIOD' | 'IN_ONE';

interface CountedUnit {
  readonly experiment: string;
  readonly metric: string;
  readonly group: UnitGroup;
  readonly histogram: Histogram;
}

/** The unit leaves the bin of its earlier value, if it had one, for that of the new one. */
export function recount(
  tallies: TallyChanges,
  { experiment, metric, histogram, group }: CountedUnit,
  before: UnitTotals,
  after: UnitTotals,
): void {
  const { variant, segments } = group;
  const periodEndMs = histogram === 'BY_PERIOD' ? group.periodEndMs : allPeriods;
  for (const segment of [everyone, ...segments]) {
    const key = { experiment, segment, variant, tally: metric, periodEndMs };
    if (before.denominator > 0) tallies.add(key, [[logarithmicBin(before.numerator), 1]], -1);
    if (after.denominator > 0) tallies.add(key, [[logarithmicBin(after.numerator), 1]]);
  }
}
