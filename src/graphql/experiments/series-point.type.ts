import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { SeriesPoint } from '../../experiments/look-store';
import { DateTime } from '../scalars';

@ObjectType('SeriesLift', { simpleResolvers: true, description: 'A lift as one look saw it, and what all looks up to it leave together.' })
export class SeriesLiftType {
  @Field(() => Float, { description: 'The estimate of that look.' })
  readonly estimate!: number;

  @Field(() => Float, { description: 'Lower end of the interval of that look by itself.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'Upper end of the interval of that look by itself.' })
  readonly upper!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Highest lower end up to that look. Null: the looks exclude each other, or each stands by itself, because of its method or because the metric of a unit still grows.',
  })
  readonly runningLower!: number | null;

  @Field(() => Float, { nullable: true, description: 'Lowest upper end up to that look; null when runningLower is.' })
  readonly runningUpper!: number | null;
}

@ObjectType('SeriesPoint', { simpleResolvers: true, description: 'One stored look at one metric of one treatment.' })
export class SeriesPointType {
  @Field(() => Int, { description: 'Its number in the schedule; a number that is missing is a look that nobody could make.' })
  readonly look!: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly at!: Date;

  @Field(() => Float, { description: 'Units of the control in the estimate.' })
  readonly controlUnits!: number;

  @Field(() => Float, { description: 'Units of the treatment in the estimate.' })
  readonly units!: number;

  @Field(() => Float, { nullable: true, description: 'The metric of the control; null before the first observation.' })
  readonly controlMean!: number | null;

  @Field(() => Float, { nullable: true, description: 'The metric of the treatment; null before the first observation.' })
  readonly mean!: number | null;

  @Field(() => SeriesLiftType, { nullable: true, description: 'Treatment minus control; null: too few units.' })
  readonly absoluteLift!: SeriesLiftType | null;

  @Field(() => SeriesLiftType, {
    nullable: true,
    description: 'The same, divided by |control|; null: too few units, or any share is possible.',
  })
  readonly relativeLift!: SeriesLiftType | null;

  @Field(() => Float, { nullable: true, description: 'p-value of that look by itself; null: too few units, or the method has none.' })
  readonly pValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'Least p-value up to that look; null where looks stand by themselves.' })
  readonly runningPValue!: number | null;
}

export function toSeriesPoint({ number, evidence, absoluteLift, relativeLift, ...point }: SeriesPoint): SeriesPointType {
  const running = evidence?.absolute.running ?? null;
  return {
    ...point,
    look: number,
    absoluteLift: absoluteLift && { ...absoluteLift, ...ends(running) },
    relativeLift: relativeLift && { ...relativeLift, ...ends(evidence?.relative.running ?? null) },
    runningPValue: running === null || running.state === 'waiting' ? null : running.pValue,
  };
}

type Running = NonNullable<SeriesPoint['evidence']>['absolute']['running'];

function ends(running: Running | null): Pick<SeriesLiftType, 'runningLower' | 'runningUpper'> {
  return running?.state === 'running'
    ? { runningLower: running.lower, runningUpper: running.upper }
    : { runningLower: null, runningUpper: null };
}
