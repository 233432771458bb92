import { Field, Float, Int, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars';

@ObjectType('ServerLimits', { simpleResolvers: true, description: 'What one request may ask for. More is refused with a code, never cut.' })
export class ServerLimitsType {
  @Field(() => Int, { description: 'Rows of one predictBatch.' })
  readonly maxBatchSize!: number;

  @Field(() => Int, { description: 'Rows of one recordOutcomes.' })
  readonly maxOutcomes!: number;

  @Field(() => Float, { description: 'Bytes of the body of one HTTP request, uploads included.' })
  readonly maxBodyBytes!: number;

  @Field(() => Float, { description: 'Bytes of one encoded image.' })
  readonly maxImageBytes!: number;

  @Field(() => Float, { description: 'Pixels of one image, as its header declares them.' })
  readonly maxImagePixels!: number;

  @Field(() => Int, { description: 'Largest topK.' })
  readonly maxTopK!: number;

  @Field(() => Int, { description: 'Largest first of a list.' })
  readonly maxPageSize!: number;

  @Field(() => Int, { description: 'Bytes of the text of one query; data belongs into variables.' })
  readonly maxQueryBytes!: number;

  @Field(() => Int, { description: 'Levels of fields in one query.' })
  readonly maxQueryDepth!: number;
}

@ObjectType('ServerInfo', { simpleResolvers: true, description: 'This server: what it is, since when it runs, and what it allows.' })
export class ServerInfoType {
  @Field(() => String, { description: 'Name of the product.' })
  readonly name!: string;

  @Field(() => String, { description: 'Version of the product.' })
  readonly version!: string;

  @Field(() => Float, { description: 'Milliseconds since this process started.' })
  readonly uptimeMs!: number;

  @Field(() => DateTime, { description: 'When this process started.' })
  readonly startedAt!: Date;

  @Field(() => String, { description: 'Which replica answered; another one may answer the next request.' })
  readonly replicaId!: string;

  @Field(() => [String], { description: 'What this build can do, for clients that must know before they ask.' })
  readonly features!: readonly string[];

  @Field(() => ServerLimitsType, { description: 'What one request may ask for.' })
  readonly limits!: ServerLimitsType;
}
