import type { ExperimentKind } from './experiment';
import { needsLabels } from './label-coverage-test';
import type { Metric } from './metric';

/**
 * Which of the units that were exposed count for a metric, in words.
 * @example countedUnits(accuracy, 'AB') // 'units with a label'
 */
export function countedUnits(metric: Metric, kind: ExperimentKind): string {
  if (kind === 'SHADOW')
    return needsLabels(metric) ? 'units with a label that both versions answered' : 'units that both versions answered';
  const which = `units${whatTheyHave(metric)}`;
  return metric.maturityMs > 0 ? `${which} that are old enough` : which;
}

function whatTheyHave(metric: Metric): string {
  const { key, kind, isBuiltIn } = metric;
  if (needsLabels(metric)) return ' with a label';
  // A request that failed is one, too.
  if (isBuiltIn) return key === 'error_rate' ? '' : ' with an answer';
  if (kind === 'ratio') return ' with a denominator';
  return kind === 'quantile' ? ' with a value' : '';
}
