import { AppError } from '../errors';
import { FormError, type FormProblem, refuseIfAny } from './form-error';
import { builtInMetrics, type Metric, type MetricDirection, type MetricKind, type MetricStore } from './metric';
import { keyPattern, keyRule, maxTextLength } from './validate-plan';

export interface DefineMetric {
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly kind: MetricKind;
  readonly quantile?: number | null | undefined;
  readonly direction?: MetricDirection | undefined;
  readonly cap?: number | null | undefined;
  readonly conversionWindowMs?: number | null | undefined;
  readonly maturityMs?: number | null | undefined;
}

const maxDurationMs = 365 * 86_400_000;

/** All metrics: those that serving measures, and those that users defined. */
export class MetricCatalog {
  readonly #store: MetricStore;
  /** A metric never changes and never goes: what was seen once stays true, also while the database is away. */
  readonly #seen = new Map(builtInMetrics.map((metric) => [metric.key, metric]));

  constructor(store: MetricStore) {
    this.#store = store;
  }

  async list(): Promise<readonly Metric[]> {
    const stored = await this.#store.list();
    for (const metric of stored) this.#seen.set(metric.key, metric);
    return [...builtInMetrics, ...stored];
  }

  async find(key: string): Promise<Metric | null> {
    return this.seen(key) ?? (await this.list()).find((metric) => metric.key === key) ?? null;
  }

  /** From memory alone; null: not known here, which only `list` can make sure of. */
  seen(key: string): Metric | null {
    return this.#seen.get(key) ?? null;
  }

  /** @throws FormError */
  async define(input: DefineMetric): Promise<Metric> {
    refuseIfAny(problemsOf(input));
    const { key, kind } = input;
    const metric: Metric = {
      key,
      name: input.name ?? key,
      description: input.description ?? '',
      kind,
      quantile: input.quantile ?? null,
      direction: input.direction ?? 'higher',
      cap: input.cap ?? null,
      conversionWindowMs: input.conversionWindowMs ?? null,
      maturityMs: input.maturityMs ?? 0,
      isBuiltIn: false,
    };
    try {
      await this.#store.insert(metric);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
      throw new FormError([{ code: 'CONFLICT', message: error.message, field: ['key'] }]);
    }
    this.#seen.set(key, metric);
    return metric;
  }
}

function problemsOf({ key, name, description, kind, quantile, cap, conversionWindowMs, maturityMs }: DefineMetric): FormProblem[] {
  const problems: FormProblem[] = [];
  const add = (field: string, message: string, code: FormProblem['code'] = 'BAD_USER_INPUT') =>
    problems.push({ code, message, field: [field] });
  if (!keyPattern.test(key)) add('key', `"${key}" cannot be a key: ${keyRule}.`);
  if (builtInMetrics.some((metric) => metric.key === key))
    add('key', `"${key}" is measured by the server itself; choose another key.`, 'CONFLICT');
  const isNamed = name === null || name === undefined || (name.trim() !== '' && name.length <= maxTextLength);
  if (!isNamed) add('name', `The name must have 1 to ${maxTextLength} characters.`);
  if ((description ?? '').length > 4 * maxTextLength)
    add('description', `The description must have at most ${4 * maxTextLength} characters.`);
  if (kind === 'quantile' && quantile == null)
    add('quantile', 'A quantile metric must say which quantile: a number between 0 and 1, such as 0.95 for p95.');
  else if (kind !== 'quantile' && quantile != null) add('quantile', `A ${kind} takes no quantile: leave it out, or define a QUANTILE.`);
  else if (quantile != null && !(quantile > 0 && quantile < 1))
    add('quantile', `quantile must lie between 0 and 1, such as 0.95 for p95, not ${quantile}.`);
  if (cap != null && kind === 'quantile') add('cap', 'A quantile takes no cap: how large the largest are does not change it.');
  else if (cap != null && kind === 'proportion') add('cap', 'A proportion takes no cap: a unit counts 0 or 1.');
  else if (cap != null && !(cap > 0 && Number.isFinite(cap))) add('cap', `cap must be above 0, not ${cap}.`);
  if (conversionWindowMs != null && !(conversionWindowMs >= 1 && conversionWindowMs <= maxDurationMs))
    add('conversionWindowMs', `conversionWindowMs must be from 1 to ${maxDurationMs}, which is a year, not ${conversionWindowMs}.`);
  if (maturityMs != null && !(maturityMs >= 0 && maturityMs <= maxDurationMs))
    add('maturityMs', `maturityMs must be from 0 to ${maxDurationMs}, which is a year, not ${maturityMs}.`);
  return problems;
}
