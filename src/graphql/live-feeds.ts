import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import type { DriftAlert, DriftSeverity } from '../drift/drift-alert';
import { AppError } from '../errors';
import type { PredictionEvent } from '../events/event';
import type { ExperimentResults } from '../experiments/experiment-results';
import type { ServingStatsType } from './live-stats/serving-stats.type';
import { assertInterval, defaultIntervalMs, type LiveTopics } from './live-topics';
import type { Services } from './services';
import { servingFilter } from './serving-filter';

const key = Symbol('live feeds');

export interface ServingStatsArguments {
  readonly model?: string | null;
  readonly version?: string | null;
  readonly intervalMs?: number | null;
}

/** What each subscription follows. */
export class LiveFeeds {
  readonly #services: Services;
  readonly #results: LiveTopics<ExperimentResults>;

  constructor(services: Services, results: LiveTopics<ExperimentResults>) {
    this.#services = services;
    this.#results = results;
  }

  servingStats({ model, version, ...more }: ServingStatsArguments): AsyncIterable<ServingStatsType> {
    const intervalMs = more.intervalMs ?? defaultIntervalMs;
    assertInterval(intervalMs);
    const filter = servingFilter(this.#services.modelRegistry, model, version);
    return this.#services.liveStats.watch(filter, intervalMs);
  }

  experimentResults(experiment: string, intervalMs: number): Promise<AsyncIterable<ExperimentResults>> {
    return this.#results.watch(experiment, intervalMs);
  }

  driftAlerts(model: string | null, minSeverity: DriftSeverity): AsyncIterable<DriftAlert> {
    if (model !== null) this.#services.modelRegistry.model(model);
    return this.#services.drift.watchAlerts({ ...(model !== null && { model }), minSeverity });
  }

  predictions(model: string, sampleRate: number): AsyncIterable<PredictionEvent> {
    if (!(sampleRate > 0 && sampleRate <= 1)) {
      throw new AppError('BAD_USER_INPUT', `sampleRate must be above 0 and at most 1, not ${sampleRate}.`);
    }
    this.#services.modelRegistry.model(model);
    return this.#services.predictionFeed.watch(model, sampleRate);
  }
}

/** TypeGraphQL calls `subscribe` without the resolver's instance, so the feeds travel with the schema. */
export function attachFeeds(schema: GraphQLSchema, feeds: LiveFeeds): void {
  schema.extensions = { ...schema.extensions, [key]: feeds };
}

export function feedsOf({ schema }: GraphQLResolveInfo): LiveFeeds {
  return (schema.extensions as { readonly [key]: LiveFeeds })[key];
}
