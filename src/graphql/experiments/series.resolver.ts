import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { AppError } from '../../errors';
import type { GraphQLContext } from '../context';
import type { SeriesService } from '../services';
import { ExperimentType } from './experiment.type';
import { SeriesPointType, toSeriesPoint } from './series-point.type';

const defaultPoints = 200;
/** A list of experiments, under several aliases, with a thousand points each would be an answer of hundreds of megabytes. */
const mostPointsARequest = 20_000;

@Resolver(() => ExperimentType)
export class SeriesResolver {
  readonly #series: SeriesService;
  /** Points that one request has asked for so far. */
  readonly #asked = new WeakMap<GraphQLContext, number>();

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
      description:
        'At most so many looks, 2..1000, about equally far apart in time; the newest is always among them. All series of a request: 20,000.',
    })
    maxPoints: number | null,
    @Ctx() context: GraphQLContext,
  ): Promise<readonly SeriesPointType[]> {
    const question = { metric: metric ?? null, variant: variant ?? null, maxPoints: maxPoints ?? defaultPoints };
    this.#account(context, question.maxPoints);
    return (await this.#series.series(key, question)).map(toSeriesPoint);
  }

  #account(context: GraphQLContext, points: number): void {
    const asked = (this.#asked.get(context) ?? 0) + Math.max(0, points);
    if (asked > mostPointsARequest)
      throw new AppError(
        'BAD_USER_INPUT',
        `All series of a request may have ${mostPointsARequest} points together; ask for fewer experiments or a smaller maxPoints.`,
      );
    this.#asked.set(context, asked);
  }
}
