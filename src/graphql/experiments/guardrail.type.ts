import { Field, Float, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Guardrail, GuardrailState } from '../../experiments/guardrail';

const GuardrailActionEnum = { STOP: 'STOP', WARN: 'WARN' } as const satisfies { [K in Guardrail['action']]: K };
registerEnumType(GuardrailActionEnum, {
  name: 'GuardrailAction',
  description: 'What happens when a guardrail is crossed.',
  valuesConfig: {
    STOP: { description: 'The experiment is stopped by itself, and the champion serves.' },
    WARN: { description: 'The verdict says it.' },
  },
});

const GuardrailStateEnum = {
  CROSSED: 'CROSSED',
  CLEARED: 'CLEARED',
  HOLDING: 'HOLDING',
  UNKNOWN: 'UNKNOWN',
} as const satisfies { [K in GuardrailState]: K };
registerEnumType(GuardrailStateEnum, {
  name: 'GuardrailState',
  description: 'Whether a variant is worse than its experiment tolerates.',
  valuesConfig: {
    CLEARED: { description: 'Not worse than tolerated; this holds however often one looks.' },
    HOLDING: { description: 'Neither is certain yet.' },
    CROSSED: { description: 'Worse than tolerated; this holds however often one looks.' },
    UNKNOWN: { description: 'Not enough units yet.' },
  },
});

@InputType('GuardrailInput', { description: 'A metric that must not get worse, whatever the primary one does.' })
export class GuardrailInput {
  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => Float, {
    nullable: true,
    defaultValue: 0,
    description: "How much worse than the control a variant may be, as a share of the control's mean: 0.1 is a tenth. Absent: not at all.",
  })
  readonly maxRelativeHarm?: number | null;

  @Field(() => GuardrailActionEnum, { nullable: true, defaultValue: 'STOP', description: 'What happens when it is crossed.' })
  readonly action?: Guardrail['action'] | null;
}

@ObjectType('Guardrail', { simpleResolvers: true, description: 'A metric that must not get worse.' })
export class GuardrailType {
  @Field(() => String, { description: 'Key of the metric.' })
  readonly metric!: string;

  @Field(() => Float, { description: "How much worse than the control a variant may be, as a share of the control's mean." })
  readonly maxRelativeHarm!: number;

  @Field(() => GuardrailActionEnum, { description: 'What happens when it is crossed.' })
  readonly action!: Guardrail['action'];
}

@ObjectType('ExcessHarm', {
  simpleResolvers: true,
  description:
    'By how much a variant is worse than tolerated, in the unit of the metric. Each end holds by itself: the tests are one-sided.',
})
export class ExcessHarmType {
  @Field(() => Float, { description: 'The estimate; below 0: within what is tolerated.' })
  readonly estimate!: number;

  @Field(() => Float, { description: 'What it is at least, at all looks together. Above 0: the guardrail is crossed.' })
  readonly lower!: number;

  @Field(() => Float, { description: 'What it is at most, at all looks together. Below 0: the guardrail is cleared.' })
  readonly upper!: number;

  @Field(() => Float, { description: 'Probability with which an end holds, 0..1; alpha is shared among all guardrails and treatments.' })
  readonly level!: number;
}

@ObjectType('GuardrailResult', { simpleResolvers: true, description: 'One guardrail of one treatment.' })
export class GuardrailResultType extends GuardrailType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => GuardrailStateEnum, { description: 'Whether it is crossed.' })
  readonly state!: GuardrailState;

  @Field(() => ExcessHarmType, { nullable: true, description: 'By how much it is worse than tolerated; null: not enough units.' })
  readonly excessHarm!: ExcessHarmType | null;

  @Field(() => Float, { nullable: true, description: 'Always-valid p-value against "not worse than tolerated"; null: not enough units.' })
  readonly pValue!: number | null;
}
