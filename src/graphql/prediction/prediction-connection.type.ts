import { Field, ObjectType } from 'type-graphql';
import { PageInfoType } from '../page-info.type';
import { PredictionRecordType } from './prediction.type';

@ObjectType('PredictionEdge', { simpleResolvers: true, description: 'A recorded prediction and where it stands in the list.' })
export class PredictionEdgeType {
  @Field(() => String, { description: 'Where it stands: pass it as `after`.' })
  readonly cursor!: string;

  @Field(() => PredictionRecordType, { description: 'The prediction.' })
  readonly node!: PredictionRecordType;
}

@ObjectType('PredictionConnection', { simpleResolvers: true, description: 'A page of recorded predictions, newest first.' })
export class PredictionConnectionType {
  @Field(() => [PredictionEdgeType], { description: 'The items with their cursors.' })
  readonly edges!: readonly PredictionEdgeType[];

  @Field(() => [PredictionRecordType], { description: 'The items alone.' })
  readonly nodes!: readonly PredictionRecordType[];

  @Field(() => PageInfoType, { description: 'Where this page stands.' })
  readonly pageInfo!: PageInfoType;
}
