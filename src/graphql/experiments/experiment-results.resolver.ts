import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { ResultsService } from '../services';
import { ExperimentResultsType } from './experiment-results.type';
import { VariantClassifierType } from './variant-classifier.type';

/** What results have only when somebody asks for it. */
@Resolver(() => ExperimentResultsType)
export class ExperimentResultsResolver {
  readonly #results: ResultsService;

  constructor(results: ResultsService) {
    this.#results = results;
  }

  @FieldResolver(() => [VariantClassifierType], {
    description:
      'How each variant classifies, where models have classes and labels came; of all units only, so empty for a segment. Descriptive: it decides nothing.',
  })
  classifier(@Root() { experiment, segment }: ExperimentResultsType): Promise<readonly VariantClassifierType[]> {
    return segment === null ? this.#results.classifier(experiment) : Promise.resolve([]);
  }
}
