import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { ResultsService } from '../services';
import { BanditType, VariantChanceType } from './bandit.type';

@Resolver(() => BanditType)
export class BanditResolver {
  readonly #results: ResultsService;

  constructor(results: ResultsService) {
    this.#results = results;
  }

  @FieldResolver(() => [VariantChanceType], {
    nullable: true,
    description: 'How likely each variant is the best, as of now; null before each has minUnitsPerVariant units.',
  })
  async chancesToBeBest(@Root() { experiment: { key, variants } }: BanditType): Promise<readonly VariantChanceType[] | null> {
    const { bandit } = await this.#results.results(key);
    const chances = bandit?.chancesToBeBest;
    return chances ? variants.map((variant, place) => ({ variant: variant.key, chance: chances[place] ?? 0 })) : null;
  }
}
