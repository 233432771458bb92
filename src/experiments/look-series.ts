import { AppError } from '../errors';
import type { Experiment } from './experiment';
import type { LookStore, SeriesPoint } from './look-store';

export interface SeriesQuestion {
  /** Null: the primary one. */
  readonly metric: string | null;
  /** Null: the first treatment of the plan. */
  readonly variant: string | null;
  readonly maxPoints: number;
}

export interface LookSeriesOptions {
  readonly experiments: { find(key: string): Promise<Experiment | null> };
  readonly looks: Pick<LookStore, 'series'>;
}

const [fewestPoints, mostPoints] = [2, 1000];

/** How what an experiment shows has come about. */
export class LookSeries {
  readonly #options: LookSeriesOptions;

  constructor(options: LookSeriesOptions) {
    this.#options = options;
  }

  /** The stored looks at one metric of one treatment, oldest first. @throws AppError EXPERIMENT_NOT_FOUND, BAD_USER_INPUT */
  async series(key: string, { metric, variant, maxPoints }: SeriesQuestion): Promise<readonly SeriesPoint[]> {
    const { experiments, looks } = this.#options;
    if (!(Number.isInteger(maxPoints) && maxPoints >= fewestPoints && maxPoints <= mostPoints))
      throw new AppError('BAD_USER_INPUT', `maxPoints must be from ${fewestPoints} to ${mostPoints}, not ${maxPoints}.`);
    const experiment = await experiments.find(key);
    if (!experiment) throw new AppError('EXPERIMENT_NOT_FOUND', `There is no experiment "${key}".`);
    const { primaryMetric, secondaryMetrics, guardrails, variants } = experiment;
    const metrics = [...new Set([primaryMetric, ...secondaryMetrics, ...guardrails.map((one) => one.metric)])];
    const treatments = variants.filter(({ isControl }) => !isControl).map((one) => one.key);
    return looks.series({
      experiment: key,
      metric: oneOf('metric', metric, metrics, key),
      variant: oneOf('treatment', variant, treatments, key),
      maxPoints,
    });
  }
}

/** @param known the first one is meant where none is named; a plan has at least one. */
function oneOf(what: string, asked: string | null, known: readonly string[], experiment: string): string {
  const found = asked === null ? known[0] : known.find((one) => one === asked);
  if (found !== undefined) return found;
  throw new AppError('BAD_USER_INPUT', `Experiment "${experiment}" has no ${what} "${asked}"; it has ${known.join(', ')}.`);
}
