import type { Metric } from './metric';

type SettledBy = Pick<Metric, 'kind' | 'conversionWindowMs' | 'maturityMs' | 'isBuiltIn'>;

/**
 * Whether all looks at a metric are about the same number, so that what they say may be taken together. A ratio is a rate and stays what it is while
 * units add to both of its sides. Of a sum, a count or a "whether at all", a unit only ever has more, and with it the difference between the arms grows
 * for as long as its outcomes count: the looks of the first day and of the tenth then exclude each other although nothing is wrong. Such a metric, and a
 * quantile of such sums, is settled when it counts no unit before its conversion window is over. What serving measures is: rates, and quantiles of first values.
 */
export function isSettled({ kind, conversionWindowMs, maturityMs, isBuiltIn }: SettledBy): boolean {
  return kind === 'ratio' || isBuiltIn || (conversionWindowMs !== null && maturityMs >= conversionWindowMs);
}
