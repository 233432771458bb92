import { type CsvCell, toCsv } from './csv';
import type { Experiment, ExperimentEvent } from './experiment';
import type { ExperimentResults } from './experiment-results';
import type { GuardrailResult } from './guardrail';
import type { Interval, MetricResult, VariantResult } from './metric-result';
import type { ShadowReport } from './shadow-report';

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
  ...intervalColumns('absolute_lift', ({ result }) => result.absoluteLift),
  ...intervalColumns('relative_lift', ({ result }) => result.relativeLift),
  ['p_value', ({ result }) => result.pValue],
  ['adjusted_p_value', ({ result }) => result.adjustedPValue],
  ['chance_to_win', ({ result }) => result.chanceToWin],
  ['expected_loss', ({ result }) => result.expectedLoss],
  ['significant', ({ result }) => result.significant],
  ['kind', ({ experiment }) => experiment.kind],
  ['status', ({ experiment }) => experiment.status],
  ['decision_variant', ({ results }) => results.decision.variant],
  ['decision_reason', ({ results }) => results.decision.reason],
  ['adjusted_mean', ({ result }) => result.adjustedMean],
  ['variance_removed', ({ metric }) => metric.cuped?.varianceRemoved ?? null],
  ['covariate', ({ metric }) => metric.cuped?.covariate ?? null],
  ['guardrail_state', (row) => guardrailOf(row)?.state ?? null],
  ['guardrail_max_relative_harm', (row) => guardrailOf(row)?.maxRelativeHarm ?? null],
  ...intervalColumns('excess_harm', (row) => guardrailOf(row)?.excessHarm ?? null),
  ['pairs', (row) => shadowOf(row)?.pairs ?? null],
  // Known of the primary metric only.
  ['variance_ratio', (row) => (row.metric.role === 'PRIMARY' ? (shadowOf(row)?.varianceRatio ?? null) : null)],
];

/** Of a treatment in the row's metric. */
function guardrailOf({ results, metric, result }: Row): GuardrailResult | undefined {
  return results.guardrails.find((guardrail) => guardrail.metric === metric.metric && guardrail.variant === result.variant);
}

function shadowOf({ results, result }: Row): ShadowReport | undefined {
  return results.shadows.find(({ variant }) => variant === result.variant);
}

function intervalColumns(name: string, read: (row: Row) => Interval | null): (readonly [string, (row: Row) => CsvCell])[] {
  const part = (field: keyof Interval) => (row: Row) => read(row)?.[field] ?? null;
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
