import { Arg, Float, Resolver, Root, Subscription } from 'type-graphql';
import type { PredictionEvent } from '../../events/event';
import { feedsOf } from '../live-feeds';
import type { ModelRegistryService } from '../services';
import { PredictionRecordType } from './prediction.type';
import { toPredictionRecord } from './to-prediction';

@Resolver()
export class PredictionSubscriptionResolver {
  readonly #registry: Pick<ModelRegistryService, 'classLabels'>;

  constructor(registry: Pick<ModelRegistryService, 'classLabels'>) {
    this.#registry = registry;
  }

  @Subscription(() => PredictionRecordType, {
    description: 'Predictions of a model, live, as this replica makes them. A reader that is too slow misses the oldest ones.',
    subscribe: ({ args, info }) => feedsOf(info).predictions(args.model, args.sampleRate ?? 1),
  })
  predictions(
    @Root() event: PredictionEvent,
    @Arg('model', () => String, { description: 'Name of the model.' }) _model: string,
    @Arg('sampleRate', () => Float, {
      nullable: true,
      defaultValue: 1,
      description: 'Share of predictions that is sent, above 0 and up to 1.',
    })
    _sampleRate: number | null,
  ): PredictionRecordType {
    return toPredictionRecord({ event, label: null }, this.#registry.classLabels(event.model, event.version));
  }
}
