import { Field, Float, ObjectType } from 'type-graphql';
import { DateTime } from '../scalars';
import { IntervalType } from './experiment-results.type';

@ObjectType('JointCell', { simpleResolvers: true, description: 'Units with one variant of the first experiment and one of the second.' })
class JointCellType {
  @Field(() => String, { description: 'Key of the variant in the first experiment.' })
  readonly first!: string;

  @Field(() => String, { description: 'Key of the variant in the second experiment.' })
  readonly second!: string;

  @Field(() => Float, { description: 'Units.' })
  readonly units!: number;

  @Field(() => Float, { nullable: true, description: 'The metric of these units; null without any that counts.' })
  readonly mean!: number | null;
}

@ObjectType('AssignmentIndependence', {
  simpleResolvers: true,
  description: 'Whether the variant in one experiment says nothing about that in the other.',
})
class AssignmentIndependenceType {
  @Field(() => Float, { nullable: true, description: 'Chi-square p-value of one look; null while a cell has fewer than 5 expected units.' })
  readonly pValue!: number | null;

  @Field(() => Boolean, { description: 'True when p < 0.001.' })
  readonly dependent!: boolean;
}

@ObjectType('Interaction', {
  simpleResolvers: true,
  description:
    "How much more a treatment of the first experiment does where one of the second is in force, too, than where the second's control is.",
})
class InteractionType {
  @Field(() => String, { description: 'Key of the treatment in the first experiment.' })
  readonly first!: string;

  @Field(() => String, { description: 'Key of the treatment in the second experiment.' })
  readonly second!: string;

  @Field(() => IntervalType, {
    nullable: true,
    description:
      'Difference of the two differences, in the unit of the metric, with an interval of one look at alpha divided by the number of pairs; null while a cell has fewer than 30 units, or nothing varies.',
  })
  readonly difference!: IntervalType | null;

  @Field(() => Float, { nullable: true, description: 'p-value of "none", of one look; null with the difference.' })
  readonly pValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'The same, corrected for the number of pairs (Bonferroni).' })
  readonly adjustedPValue!: number | null;
}

@ObjectType('InteractionReport', {
  simpleResolvers: true,
  description: 'Whether the effect of one experiment depends on another one, by the units that are in both.',
})
export class InteractionReportType {
  @Field(() => String, { description: 'Key of the first experiment.' })
  readonly first!: string;

  @Field(() => String, { description: 'Key of the second experiment.' })
  readonly second!: string;

  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => String, {
    description: 'The experiment by whose exposures the metric is counted: the first one when it watches the metric.',
  })
  readonly totalsOf!: string;

  @Field(() => DateTime, { description: 'When the units were read.' })
  readonly asOf!: Date;

  @Field(() => Float, { description: 'Units in both.' })
  readonly units!: number;

  @Field(() => Float, { description: '1 when all units were read; n when the first experiment has more than 200,000, and every n-th was.' })
  readonly sampledOneIn!: number;

  @Field(() => [JointCellType], { description: 'Each variant of the first with each of the second.' })
  readonly cells!: readonly JointCellType[];

  @Field(() => AssignmentIndependenceType, { description: 'Whether the two assignments are independent.' })
  readonly independence!: AssignmentIndependenceType;

  @Field(() => [InteractionType], { description: 'Each treatment of the first with each of the second.' })
  readonly interactions!: readonly InteractionType[];

  @Field(() => [String], { description: 'What speaks against reading it, in sentences.' })
  readonly warnings!: readonly string[];
}
