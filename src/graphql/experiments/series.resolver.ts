import { Arg, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { SeriesService } from '../services';
import { ExperimentType } from './experiment.type';
import { SeriesPointType, toSeriesPoint } from './series-point.type';

const defaultPoints = 200;

@Resolver(() => ExperimentType)
export class SeriesResolver {
  readonly #series: SeriesService;

  constructor(series: SeriesService) {
    this.#series = series;
  }

  @FieldResolver(() => [SeriesPointType], {
    description:
      'What its looks have shown, oldest first: stored while it runs, each two seconds for a minute, each ten seconds for ten, each minute for three hours, each quarter of an hour for two days, then each hour.',
  })
  async series(
    @Root() { key }: ExperimentType,
    @Arg('metric', () => String, { nullable: true, description: 'Key of one of its metrics; absent: the primary one.' }) metric:
      | string
      | null,
    @Arg('variant', () => String, { nullable: true, description: 'Key of a treatment; absent: the first one.' }) variant: string | null,
    @Arg('maxPoints', () => Int, {
      nullable: true,
      defaultValue: defaultPoints,
      description: 'At most so many looks, 2..1000, about equally far apart in time; the newest is always among them.',
    })
    maxPoints: number | null,
  ): Promise<readonly SeriesPointType[]> {
    const question = { metric: metric ?? null, variant: variant ?? null, maxPoints: maxPoints ?? defaultPoints };
    return (await this.#series.series(key, question)).map(toSeriesPoint);
  }
}
