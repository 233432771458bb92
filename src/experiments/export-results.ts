import { type CsvCell, toCsv } from './csv';
import type { Experiment, ExperimentEvent } from './experiment';
import type { ExperimentResults } from './experiment-results';
import type { Interval, MetricResult, VariantResult } from './metric-result';

export type ExportFormat = 'CSV' | 'JSON';

export interface ExperimentExport {
  readonly fileName: string;
  readonly contentType: string;
  readonly text: string;
}

export interface ExportedExperiment {
  readonly experiment: Experiment;
  readonly results: ExperimentResults;
  /** The oldest first. */
  readonly history: readonly ExperimentEvent[];
}

/** One row a metric and variant as CSV, or everything as JSON. */
export function exportResults(exported: ExportedExperiment, format: ExportFormat): ExperimentExport {
  const { experiment, results } = exported;
  const segment = results.segment === null ? '' : `-${results.segment.replaceAll(/[^A-Za-z0-9._-]+/g, '_')}`;
  const name = `${experiment.key}${segment}-${results.asOf.toISOString().slice(0, 10)}`;
  return format === 'CSV'
    ? { fileName: `${name}.csv`, contentType: 'text/csv; charset=utf-8', text: asCsv(exported) }
    : { fileName: `${name}.json`, contentType: 'application/json; charset=utf-8', text: `${JSON.stringify(exported, null, 2)}\n` };
}

interface Row extends ExportedExperiment {
  readonly metric: MetricResult;
  readonly result: VariantResult;
}

/** In the order in which they are written. */
const columns: readonly (readonly [name: string, read: (row: Row) => CsvCell])[] = [
  ['experiment', ({ experiment }) => experiment.key],
  ['as_of', ({ results }) => results.asOf.toISOString()],
  ['segment', ({ results }) => results.segment],
  ['validity', ({ results }) => results.validity],
  ['decision', ({ results }) => results.decision.action],
  ['health', ({ results }) => results.health.status],
  ['metric', ({ metric }) => metric.metric],
  ['role', ({ metric }) => metric.role],
  ['variant', ({ result }) => result.variant],
  ['is_control', ({ result }) => result.isControl],
  ['version', ({ experiment, result }) => experiment.variants.find(({ key }) => key === result.variant)?.version ?? null],
  ['weight', ({ experiment, result }) => experiment.variants.find(({ key }) => key === result.variant)?.weight ?? null],
  ['units', ({ result }) => result.units],
  ['mean', ({ result }) => result.mean],
  ['standard_error', ({ result }) => result.standardError],
  ...intervalColumns('absolute_lift', ({ absoluteLift }) => absoluteLift),
  ...intervalColumns('relative_lift', ({ relativeLift }) => relativeLift),
  ['p_value', ({ result }) => result.pValue],
  ['adjusted_p_value', ({ result }) => result.adjustedPValue],
  ['chance_to_win', ({ result }) => result.chanceToWin],
  ['expected_loss', ({ result }) => result.expectedLoss],
  ['significant', ({ result }) => result.significant],
];

function intervalColumns(name: string, read: (result: VariantResult) => Interval | null): (readonly [string, (row: Row) => CsvCell])[] {
  const part =
    (field: keyof Interval) =>
    ({ result }: Row) =>
      read(result)?.[field] ?? null;
  return [
    [name, part('estimate')],
    [`${name}_lower`, part('lower')],
    [`${name}_upper`, part('upper')],
    [`${name}_level`, part('level')],
  ];
}

function asCsv(exported: ExportedExperiment): string {
  const rows = exported.results.metrics.flatMap((metric) => metric.variants.map((result): Row => ({ ...exported, metric, result })));
  return toCsv(
    columns.map(([name]) => name),
    rows.map((row) => columns.map(([, read]) => read(row))),
  );
}
