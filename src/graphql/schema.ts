import 'reflect-metadata';
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type ClassType, type NonEmptyArray, type PubSub } from 'type-graphql';
import { DriftResolver } from './drift/drift.resolver';
import { BanditResolver } from './experiments/bandit.resolver';
import { ExperimentResolver } from './experiments/experiment.resolver';
import { ExperimentExportResolver } from './experiments/experiment-export.resolver';
import { ExperimentResultsResolver } from './experiments/experiment-results.resolver';
import { MetricResolver } from './experiments/metric.resolver';
import { OutcomeResolver } from './experiments/outcome.resolver';
import { ReportResolver } from './experiments/report.resolver';
import { SampleSizeResolver } from './experiments/sample-size.resolver';
import { SeriesResolver } from './experiments/series.resolver';
import { attachFeeds, LiveFeeds } from './live-feeds';
import { LiveStatsResolver } from './live-stats/live-stats.resolver';
import { LiveTopics } from './live-topics';
import { ModelResolver, ModelVersionResolver } from './model-registry/model.resolver';
import { PredictionResolver } from './prediction/prediction.resolver';
import { PredictionSubscriptionResolver } from './prediction/prediction-subscription.resolver';
import { resolveUnions } from './resolve-unions';
import { DateTime } from './scalars';
import { ServerInfoResolver } from './server-info/server-info.resolver';
import type { Services } from './services';

/** The API over these services. */
export function buildSchema(services: Services): GraphQLSchema {
  const resolvers = createResolvers(services);
  const schema = buildSchemaSync({
    resolvers: [...resolvers.keys()] as unknown as NonEmptyArray<ClassType>,
    container: { get: (resolver) => resolvers.get(resolver) },
    scalarsMap: [{ type: Date, scalar: DateTime }],
    pubSub: noPubSub,
    // The features check what they are given; they know more than decorators can say.
    validate: false,
  });
  describeRoots(schema);
  resolveUnions(schema);
  const { results, every, logger } = services;
  attachFeeds(schema, new LiveFeeds(services, new LiveTopics({ read: (key) => results.results(key), every, logger })));
  return schema;
}

/** TypeGraphQL insists on one; here each subscription brings its own bounded source. */
const noPubSub: PubSub = {
  publish: () => {},
  subscribe: (topic) => {
    throw new Error(`Nothing publishes to topic ${topic}.`);
  },
};

/** The schema as `docs/schema.graphql` has it: sorted, so that a change shows as what it is. */
export function printSortedSchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** TypeGraphQL has no place for these. */
function describeRoots(schema: GraphQLSchema): void {
  const descriptions: Readonly<Record<string, string>> = {
    Query: 'What can be asked. Nothing here changes anything.',
    Mutation: 'What can be done. Mistakes in a form come back as userErrors, other failures as GraphQL errors with a code.',
    Subscription: 'What can be followed live, over WebSocket with the protocol graphql-transport-ws.',
  };
  for (const [name, description] of Object.entries(descriptions)) {
    const type = schema.getType(name);
    if (type) type.description = description;
  }
}

function createResolvers(services: Services): ReadonlyMap<unknown, object> {
  const { server, limits, modelRegistry, liveStats, predictor, predictions, metrics, outcomes, drift, now } = services;
  const instances: readonly object[] = [
    new ServerInfoResolver(server, limits, now),
    new ModelResolver(modelRegistry, liveStats),
    new ModelVersionResolver(liveStats),
    new LiveStatsResolver(liveStats, modelRegistry),
    new PredictionResolver(predictor, predictions, modelRegistry, limits),
    new PredictionSubscriptionResolver(modelRegistry),
    new ExperimentResolver(services),
    new ExperimentExportResolver(services.exports),
    new ReportResolver(services.reports),
    new BanditResolver(services.results),
    new SeriesResolver(services.series),
    new ExperimentResultsResolver(services.results),
    new MetricResolver(metrics),
    new SampleSizeResolver(),
    new OutcomeResolver(outcomes),
    new DriftResolver(drift, modelRegistry),
  ];
  return new Map(instances.map((instance) => [instance.constructor, instance]));
}
