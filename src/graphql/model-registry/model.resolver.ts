import { Arg, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { ServingStatsType } from '../live-stats/serving-stats.type';
import type { LiveStatsService, ModelRegistryService } from '../services';
import { unlessCode } from '../unless-code';
import { asForm } from '../user-errors';
import { ModelPayload, ModelType, ModelVersionType } from './model.type';
import { toModel } from './to-model';

@Resolver(() => ModelType)
export class ModelResolver {
  readonly #registry: ModelRegistryService;
  readonly #liveStats: LiveStatsService;

  constructor(registry: ModelRegistryService, liveStats: LiveStatsService) {
    this.#registry = registry;
    this.#liveStats = liveStats;
  }

  @Query(() => [ModelType], { description: 'All models, by name.' })
  models(): readonly ModelType[] {
    return this.#registry.models().map(toModel);
  }

  @Query(() => ModelType, { nullable: true, description: 'One model; null when there is none of this name.' })
  async model(@Arg('name', () => String, { description: 'Name of the model.' }) name: string): Promise<ModelType | null> {
    const found = await unlessCode('MODEL_NOT_FOUND', () => this.#registry.model(name));
    return found && toModel(found);
  }

  @Mutation(() => ModelPayload, {
    description: 'Points a label at a version. Moving `champion` moves all traffic that no experiment applies to.',
  })
  async setModelLabel(
    @Arg('model', () => String, { description: 'Name of the model.' }) model: string,
    @Arg('label', () => String, { description: 'The label, for example champion or challenger.' }) label: string,
    @Arg('version', () => String, { description: 'The version it shall point at.' }) version: string,
  ): Promise<ModelPayload> {
    const { result, userErrors } = await asForm(() => this.#registry.setLabel(model, label, version));
    return { model: result && toModel(result), userErrors };
  }

  @Mutation(() => ModelPayload, {
    description:
      'Loads a version from its folder as it is now: one that came later, one that was unloaded or had failed, or once more. What serves goes on until the new one is warm, and for good when that fails.',
  })
  async loadModelVersion(
    @Arg('model', () => String, { description: 'Name of the model.' }) model: string,
    @Arg('version', () => String, { description: 'Name of the version: its folder, not a label.' }) version: string,
  ): Promise<ModelPayload> {
    const { result, userErrors } = await asForm(() => this.#registry.loadVersion(model, version));
    return { model: result && toModel(result), userErrors };
  }

  @Mutation(() => ModelPayload, {
    description:
      'Frees the memory of a version once it has answered what it took; until it is loaded again it answers MODEL_NOT_READY. The champion and versions of a running experiment stay.',
  })
  async unloadModelVersion(
    @Arg('model', () => String, { description: 'Name of the model.' }) model: string,
    @Arg('version', () => String, { description: 'Name of the version: its folder, not a label.' }) version: string,
  ): Promise<ModelPayload> {
    const { result, userErrors } = await asForm(() => this.#registry.unloadVersion(model, version));
    return { model: result && toModel(result), userErrors };
  }

  @FieldResolver(() => ServingStatsType, { description: 'How serving of this model goes, all versions together.' })
  stats(@Root() model: ModelType): ServingStatsType {
    return this.#liveStats.snapshot({ model: model.name });
  }
}

@Resolver(() => ModelVersionType)
export class ModelVersionResolver {
  readonly #liveStats: LiveStatsService;

  constructor(liveStats: LiveStatsService) {
    this.#liveStats = liveStats;
  }

  @FieldResolver(() => ServingStatsType, { description: 'How serving of this version goes.' })
  stats(@Root() { model, version }: ModelVersionType): ServingStatsType {
    return this.#liveStats.snapshot({ model, version });
  }
}
