import { Field, ObjectType } from 'type-graphql';
import { PageInfoType } from '../page-info.type';
import { UserErrorType } from '../user-errors';
import { ExperimentType } from './experiment.type';

@ObjectType('ExperimentEdge', { simpleResolvers: true, description: 'An experiment and where it stands in the list.' })
export class ExperimentEdgeType {
  @Field(() => String, { description: 'Where it stands: pass it as `after`.' })
  readonly cursor!: string;

  @Field(() => ExperimentType, { description: 'The experiment.' })
  readonly node!: ExperimentType;
}

@ObjectType('ExperimentConnection', { simpleResolvers: true, description: 'A page of experiments, newest first.' })
export class ExperimentConnectionType {
  @Field(() => [ExperimentEdgeType], { description: 'The items with their cursors.' })
  readonly edges!: readonly ExperimentEdgeType[];

  @Field(() => [ExperimentType], { description: 'The items alone.' })
  readonly nodes!: readonly ExperimentType[];

  @Field(() => PageInfoType, { description: 'Where this page stands.' })
  readonly pageInfo!: PageInfoType;
}

@ObjectType('ExperimentPayload', { simpleResolvers: true, description: 'What a change of an experiment came to.' })
export class ExperimentPayload {
  @Field(() => ExperimentType, { nullable: true, description: 'The experiment after the change; null when userErrors says why not.' })
  readonly experiment!: ExperimentType | null;

  @Field(() => [UserErrorType], { description: 'What was wrong with the input; empty after success.' })
  readonly userErrors!: readonly UserErrorType[];
}
