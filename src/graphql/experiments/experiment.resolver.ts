import { Arg, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { JsonObject } from '../../events/event';
import type { Experiment, ExperimentEvent } from '../../experiments/experiment';
import type { ExperimentFilter } from '../../experiments/experiment-store';
import { everyone } from '../../experiments/segment';
import type { UpdateExperiment } from '../../experiments/validate-plan';
import { decodeCursor, defaultPageSize, toConnection, toPageSize } from '../connection';
import type { GraphQLContext } from '../context';
import { given } from '../given';
import { feedsOf } from '../live-feeds';
import { VariantLatencyType } from '../live-stats/stage-stats.type';
import { defaultIntervalMs } from '../live-topics';
import { AssignmentType } from '../prediction/assignment.type';
import { JSONObject } from '../scalars';
import type { ExperimentService, LiveStatsService, ModelRegistryService, ResultsService, RouterService } from '../services';
import { unlessCode } from '../unless-code';
import { asForm } from '../user-errors';
import { CreateExperimentInput, ExperimentFilterInput, UpdateExperimentInput } from './experiment.input';
import { ExperimentType, toExperiment } from './experiment.type';
import { ExperimentConnectionType, ExperimentPayload } from './experiment-connection.type';
import { ExperimentEventType } from './experiment-event.type';
import { pageOfExperiments } from './experiment-page';
import { ExperimentResultsType } from './experiment-results.type';

const listName = 'experiments';
const keyDescription = 'Key of the experiment.';
const reasonDescription = 'Why; kept in the history.';

export interface ExperimentResolverServices {
  readonly experiments: ExperimentService;
  readonly results: ResultsService;
  readonly router: RouterService;
  readonly liveStats: Pick<LiveStatsService, 'variantLatencies'>;
  readonly modelRegistry: Pick<ModelRegistryService, 'championOf' | 'resolve'>;
}

@Resolver(() => ExperimentType)
export class ExperimentResolver {
  readonly #services: ExperimentResolverServices;

  constructor(services: ExperimentResolverServices) {
    this.#services = services;
  }

  @Query(() => ExperimentConnectionType, { description: 'Experiments, newest first.' })
  async experiments(
    @Arg('filter', () => ExperimentFilterInput, { nullable: true, description: 'Which ones; absent: all.' })
    filter: ExperimentFilterInput | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: defaultPageSize, description: 'How many, 1..100.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item of the page before.' }) after: string | null,
  ): Promise<ExperimentConnectionType> {
    const pageSize = toPageSize(first);
    const position = decodeCursor(listName, after);
    const all = await this.#services.experiments.list(given(filter ?? {}) as ExperimentFilter);
    const page = pageOfExperiments(all, pageSize, position);
    return toConnection({ list: listName, ...page, items: page.items.map(toExperiment), after: position });
  }

  @Query(() => ExperimentType, { nullable: true, description: 'One experiment; null when there is none of this key.' })
  async experiment(@Arg('key', () => String, { description: keyDescription }) key: string): Promise<ExperimentType | null> {
    const found = await unlessCode('EXPERIMENT_NOT_FOUND', () => this.#services.experiments.find(key));
    return found && toExperiment(found);
  }

  @Query(() => AssignmentType, {
    description:
      'What an experiment would decide about a unit now: a dry run that records nothing. One that does not run answers NOT_RUNNING.',
  })
  async assignment(
    @Arg('experiment', () => String, { description: keyDescription }) key: string,
    @Arg('unitId', () => String, { description: 'The unit.' }) unitId: string,
    @Arg('attributes', () => JSONObject, { nullable: true, description: 'What is known of the unit.' }) attributes: JsonObject | null,
  ): Promise<AssignmentType> {
    const { experiments, router, modelRegistry } = this.#services;
    const experiment = await experiments.find(key);
    const champion = modelRegistry.championOf(experiment.model) ?? modelRegistry.resolve(experiment.model, null).version;
    return router.preview(experiment, unitId, attributes ?? null, champion);
  }

  @FieldResolver(() => ExperimentResultsType, { description: 'What it has shown so far.' })
  results(
    @Root() { key }: ExperimentType,
    @Arg('segment', () => String, { nullable: true, description: 'One of `segmentValues`, for example "country=DE"; absent: all units.' })
    segment: string | null,
  ): Promise<ExperimentResultsType> {
    return this.#services.results.results(key, segment ?? everyone);
  }

  @FieldResolver(() => [String], {
    description: 'The segments that have units so far, each written "attribute=value". The first 20 values of an attribute are told apart.',
  })
  segmentValues(@Root() { key }: ExperimentType): Promise<readonly string[]> {
    return this.#services.results.segments(key);
  }

  @FieldResolver(() => [VariantLatencyType], {
    description: 'How long predictions took by variant, since the live replicas started; of the variants that have answered.',
  })
  latencies(@Root() { key }: ExperimentType): readonly VariantLatencyType[] {
    return this.#services.liveStats.variantLatencies(key);
  }

  @FieldResolver(() => [ExperimentEventType], { description: 'What was done with it, oldest first.' })
  history(@Root() { key }: ExperimentType): Promise<readonly ExperimentEvent[]> {
    return this.#services.experiments.history(key);
  }

  @Mutation(() => ExperimentPayload, { description: 'Writes a new experiment, as a draft.' })
  createExperiment(
    @Arg('input', () => CreateExperimentInput, { description: 'The experiment.' }) input: CreateExperimentInput,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.create(toPlan(input), actor));
  }

  @Mutation(() => ExperimentPayload, {
    description:
      'Changes an experiment. Once it has started only what cannot make its verdict false more often: its words, a higher coverage, further forced variants, guardrails that stop.',
  })
  updateExperiment(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Arg('input', () => UpdateExperimentInput, { description: 'What to change.' }) input: UpdateExperimentInput,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.update(key, toUpdate(input), actor));
  }

  @Mutation(() => ExperimentPayload, { description: 'Begins to split the traffic of the model.' })
  startExperiment(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.start(key, actor));
  }

  @Mutation(() => ExperimentPayload, { description: 'Hands the traffic back to the champion for a while.' })
  pauseExperiment(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Arg('reason', () => String, { nullable: true, description: reasonDescription }) reason: string | null,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.pause(key, reason ?? null, actor));
  }

  @Mutation(() => ExperimentPayload, { description: 'Goes on after a pause; each unit gets the variant it had.' })
  resumeExperiment(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.resume(key, actor));
  }

  @Mutation(() => ExperimentPayload, { description: 'Ends an experiment; the champion serves.' })
  stopExperiment(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Arg('reason', () => String, { nullable: true, description: reasonDescription }) reason: string | null,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.stop(key, reason ?? null, actor));
  }

  @Mutation(() => ExperimentPayload, {
    description: "Ends an experiment and moves the model's champion label to the version of one variant.",
  })
  shipVariant(
    @Arg('key', () => String, { description: keyDescription }) key: string,
    @Arg('variant', () => String, { description: 'Key of the variant.' }) variant: string,
    @Arg('reason', () => String, { nullable: true, description: reasonDescription }) reason: string | null,
    @Ctx() { actor }: GraphQLContext,
  ): Promise<ExperimentPayload> {
    return payload(() => this.#services.experiments.ship(key, variant, reason ?? null, actor));
  }

  @Subscription(() => ExperimentResultsType, {
    description: 'The results of an experiment, live: the present ones at once, then new ones each intervalMs.',
    subscribe: ({ args, info }) => feedsOf(info).experimentResults(args.key, args.intervalMs ?? defaultIntervalMs),
  })
  experimentResults(
    @Root() results: ExperimentResultsType,
    @Arg('key', () => String, { description: keyDescription }) _key: string,
    @Arg('intervalMs', () => Int, {
      nullable: true,
      defaultValue: defaultIntervalMs,
      description:
        'Least milliseconds between two messages, 100..60000; taken up to the next of 100, 200, 500, 1000, 2000, 5000 and so on.',
    })
    _intervalMs: number | null,
  ): ExperimentResultsType {
    return results;
  }
}

/** A later one of the same unit wins. */
function toPlan<Input extends Pick<CreateExperimentInput, 'forcedVariants'>>({ forcedVariants, ...input }: Input) {
  const forced = forcedVariants && Object.fromEntries(forcedVariants.map(({ unitId, variant }) => [unitId, variant]));
  return { ...input, ...(forcedVariants !== undefined && { forced }) };
}

/** Null clears what may be empty; where something must stand, it means "as it was". */
function toUpdate({ variants, primaryMetric, ...input }: UpdateExperimentInput): UpdateExperiment {
  return { ...toPlan(input), ...(variants && { variants }), ...(primaryMetric && { primaryMetric }) };
}

async function payload(change: () => Promise<Experiment>): Promise<ExperimentPayload> {
  const { result, userErrors } = await asForm(change);
  return { experiment: result && toExperiment(result), userErrors };
}
