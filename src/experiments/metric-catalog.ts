import { AppError } from '../errors';
import { FormError, type FormProblem, refuseIfAny } from './form-error';
import { builtInMetrics, type Metric, type MetricDirection, type MetricKind, type MetricStore } from './metric';
import { keyPattern, keyRule, maxTextLength } from './validate-plan';

export interface DefineMetric {
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly kind: MetricKind;
  readonly direction?: MetricDirection | undefined;
}

/** All metrics: those that serving measures, and those that users defined. */
export class MetricCatalog {
  readonly #store: MetricStore;

  constructor(store: MetricStore) {
    this.#store = store;
  }

  async list(): Promise<readonly Metric[]> {
    return [...builtInMetrics, ...(await this.#store.list())];
  }

  async find(key: string): Promise<Metric | null> {
    return (await this.list()).find((metric) => metric.key === key) ?? null;
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
      direction: input.direction ?? 'higher',
      isBuiltIn: false,
    };
    try {
      await this.#store.insert(metric);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'CONFLICT') throw error;
      throw new FormError([{ code: 'CONFLICT', message: error.message, field: ['key'] }]);
    }
    return metric;
  }
}

function problemsOf({ key, name, description, kind }: DefineMetric): FormProblem[] {
  const problems: FormProblem[] = [];
  const add = (field: string, message: string, code: FormProblem['code'] = 'BAD_USER_INPUT') =>
    problems.push({ code, message, field: [field] });
  if (!keyPattern.test(key)) add('key', `"${key}" cannot be a key: ${keyRule}.`);
  if (builtInMetrics.some((metric) => metric.key === key))
    add('key', `"${key}" is measured by the server itself; choose another key.`, 'CONFLICT');
  if (kind === 'ratio') add('kind', 'A metric of your own is a proportion or a mean.');
  if ((name ?? key).length > maxTextLength) add('name', `The name must have at most ${maxTextLength} characters.`);
  if ((description ?? '').length > 4 * maxTextLength)
    add('description', `The description must have at most ${4 * maxTextLength} characters.`);
  return problems;
}
