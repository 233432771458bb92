import { Arg, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { feedsOf, type ServingStatsArguments } from '../live-feeds';
import { defaultIntervalMs } from '../live-topics';
import type { LiveStatsService, ModelRegistryService } from '../services';
import { servingFilter } from '../serving-filter';
import { ServingStatsType } from './serving-stats.type';

@Resolver()
export class LiveStatsResolver {
  readonly #liveStats: LiveStatsService;
  readonly #registry: Pick<ModelRegistryService, 'model'>;

  constructor(liveStats: LiveStatsService, registry: Pick<ModelRegistryService, 'model'>) {
    this.#liveStats = liveStats;
    this.#registry = registry;
  }

  @Query(() => ServingStatsType, { description: 'How serving goes: of everything, of one model, or of one version.' })
  servingStats(
    @Arg('model', () => String, { nullable: true, description: 'Of this model; absent: of all.' }) model: string | null,
    @Arg('version', () => String, { nullable: true, description: 'Of this version of the model; absent: of all.' }) version: string | null,
  ): ServingStatsType {
    return this.#liveStats.snapshot(servingFilter(this.#registry, model, version));
  }

  @Subscription(() => ServingStatsType, {
    name: 'servingStats',
    description: 'The same, live: the present numbers at once, then new ones each intervalMs.',
    subscribe: ({ args, info }) => feedsOf(info).servingStats(args as ServingStatsArguments),
  })
  watchServingStats(
    @Root() stats: ServingStatsType,
    @Arg('model', () => String, { nullable: true, description: 'Of this model; absent: of all.' }) _model: string | null,
    @Arg('version', () => String, { nullable: true, description: 'Of this version of the model; absent: of all.' }) _version: string | null,
    @Arg('intervalMs', () => Int, {
      nullable: true,
      defaultValue: defaultIntervalMs,
      description: 'Milliseconds between two messages, 100..60000.',
    })
    _intervalMs: number | null,
  ): ServingStatsType {
    return stats;
  }
}
