import { Arg, Query, Resolver } from 'type-graphql';
import { planSampleSize } from '../../experiments/plan-sample-size';
import { SampleSizeInput, SampleSizePlanType } from './sample-size.type';

@Resolver()
export class SampleSizeResolver {
  @Query(() => SampleSizePlanType, { description: 'How many units an experiment needs to find a change of a given size.' })
  sampleSize(@Arg('input', () => SampleSizeInput, { description: 'What shall be found.' }) input: SampleSizeInput): SampleSizePlanType {
    const { standardDeviation = null, unitsPerDay = null, ...question } = input;
    return planSampleSize({ ...question, standardDeviation, unitsPerDay });
  }
}
