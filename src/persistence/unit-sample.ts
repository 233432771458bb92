import type { QueryRunner } from 'typeorm';
import { everyone } from '../experiments/segment';
import { queryRows } from './query-rows';

/**
 * Of an experiment with more than `maxUnits` units every n-th is read, n returned. By PostgreSQL's own hash: it has nothing to do with those that assign,
 * so that each variant loses the same share, and it chooses the same units each time.
 */
export async function sampleOneIn(runner: QueryRunner, experiment: string, maxUnits: number): Promise<number> {
  const [row] = await queryRows<{ units: string | null }>(
    runner,
    'SELECT sum(exposed_units) AS units FROM variant_traffic WHERE experiment = $1 AND segment = $2',
    [experiment, everyone],
  );
  return Math.max(1, Math.ceil(Number(row?.units ?? 0) / maxUnits));
}

/** Whether a unit is in the sample of one in `oneIn` (an SQL expression, as is `unitId`). */
export function isSampled(unitId: string, oneIn: string): string {
  return `mod(hashtextextended(${unitId}, 0), ${oneIn}) = 0`;
}

/** Sums over rows with the columns m and d, where `counts` holds; the names are those of `MetricSums`. */
export function sumsWhere(counts: string): string {
  const sum = (...factors: readonly ('m' | 'd')[]) => `coalesce(sum(${factors.map(plain).join(' * ')}) FILTER (WHERE ${counts}), 0)`;
  return `count(*) FILTER (WHERE ${counts}) AS counted, ${sum('m')} AS numerator, ${sum('d')} AS denominator, ${sum('m', 'm')} AS "numeratorSquared",
            ${sum('d', 'd')} AS "denominatorSquared", ${sum('m', 'd')} AS product, ${sum('m', 'm', 'm')} AS "numeratorCubed",
            ${sum('m', 'm', 'd')} AS "numeratorSquaredDenominator", ${sum('m', 'd', 'd')} AS "numeratorDenominatorSquared",
            ${sum('d', 'd', 'd')} AS "denominatorCubed"`;
}

/** PostgreSQL refuses a product that is too small for a double, where 0 is meant. */
function plain(column: string): string {
  return `CASE WHEN abs(${column}) < 1e-100 THEN 0 ELSE ${column} END`;
}
