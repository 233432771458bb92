import { createUnionType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime } from '../scalars';

export const DurabilityEnum = { JOURNALED: 'JOURNALED', COMMITTED: 'COMMITTED' } as const;
registerEnumType(DurabilityEnum, {
  name: 'Durability',
  description: 'Where an acknowledged fact is safe.',
  valuesConfig: {
    JOURNALED: { description: 'In the journal on the disk of this server, fsynced: it survives a power cut.' },
    COMMITTED: { description: 'In PostgreSQL.' },
  },
});

@ObjectType('Receipt', { simpleResolvers: true, description: 'The acknowledgement of a label or an outcome: it will be counted, once.' })
export class ReceiptType {
  @Field(() => ID, { description: 'Name of the recorded event; the same idempotency key gives the same one.' })
  readonly id!: string;

  @Field(() => DurabilityEnum, { description: 'Where it is safe by now.' })
  readonly durability!: keyof typeof DurabilityEnum;
}

@ObjectType('OutcomeFailure', { simpleResolvers: true, description: 'An outcome that was not recorded; the others were.' })
export class OutcomeFailureType {
  @Field(() => Int, { description: 'Position of the row in the request, from 0.' })
  readonly index!: number;

  @Field(() => String, { description: 'For programs: one of the codes that a single recordOutcome would fail with.' })
  readonly code!: string;

  @Field(() => String, { description: 'For people: what is wrong and what to do.' })
  readonly message!: string;
}

export const OutcomeResultUnion = createUnionType({
  name: 'OutcomeResult',
  description: 'What became of one outcome of many.',
  types: () => [ReceiptType, OutcomeFailureType] as const,
});

@InputType('LabelInput', {
  description: 'The truth about one prediction: exactly one of class, label and value. A later label replaces an earlier one.',
})
export class LabelInput {
  @Field(() => ID, { description: 'The id that predict answered.' })
  readonly predictionId!: string;

  @Field(() => Int, { nullable: true, description: 'Number of the true class: its 0-based position in the class labels.' })
  readonly class?: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the true class, as in the class labels.' })
  readonly label?: string | null;

  @Field(() => Float, { nullable: true, description: 'True value of a regression.' })
  readonly value?: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it turned out; absent: now.' })
  readonly occurredAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same key is counted once, as it came first, so that a request can be repeated safely. To correct a value, send it with another key.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType('OutcomeInput', { description: 'A value of a metric: for a unit or for a prediction, exactly one of the two.' })
export class OutcomeInput {
  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => String, { nullable: true, description: 'The unit it belongs to.' })
  readonly unitId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The prediction it belongs to.' })
  readonly predictionId?: string | null;

  @Field(() => Float, { nullable: true, defaultValue: 1, description: 'The value.' })
  readonly value?: number | null;

  @Field(() => Float, { nullable: true, description: 'What a ratio metric divides by; refused for other metrics.' })
  readonly denominator?: number | null;

  @Field(() => DateTime, { nullable: true, description: 'When it happened; absent: now.' })
  readonly occurredAt?: Date | null;

  @Field(() => String, {
    description:
      'The same key is counted once, as it came first, so that a request can be repeated safely. To correct a value, send it with another key.',
  })
  readonly idempotencyKey!: string;
}
