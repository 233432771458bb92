import { Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { AlertState, DriftKind, DriftSeverity } from '../../drift/drift-alert';
import { PageInfoType } from '../page-info.type';
import { DateTime } from '../scalars';
import { UserErrorType } from '../user-errors';

export const DriftSeverityEnum = { NONE: 'NONE', LOW: 'LOW', MEDIUM: 'MEDIUM', HIGH: 'HIGH' } as const satisfies {
  [K in DriftSeverity]: K;
};
registerEnumType(DriftSeverityEnum, {
  name: 'DriftSeverity',
  description: 'How far things have moved.',
  valuesConfig: {
    NONE: { description: 'Not at all, or not certainly.' },
    LOW: { description: 'A little.' },
    MEDIUM: { description: 'Clearly.' },
    HIGH: { description: 'Far: the model sees something else than it was made for.' },
  },
});

export const DriftKindEnum = {
  DATA: 'DATA',
  PREDICTION: 'PREDICTION',
  PERFORMANCE: 'PERFORMANCE',
  CONFIDENCE: 'CONFIDENCE',
} as const satisfies { [K in DriftKind]: K };
registerEnumType(DriftKindEnum, {
  name: 'DriftKind',
  description: 'What has moved.',
  valuesConfig: {
    DATA: { description: 'The inputs: one of their features.' },
    PREDICTION: { description: 'The answers: how often each class comes.' },
    PERFORMANCE: { description: 'The accuracy on labelled predictions.' },
    CONFIDENCE: { description: 'How sure the model is of its answers.' },
  },
});

const AlertStateEnum = {
  PENDING: 'PENDING',
  FIRING: 'FIRING',
  ACKNOWLEDGED: 'ACKNOWLEDGED',
  RESOLVED: 'RESOLVED',
} as const satisfies { [K in AlertState]: K };
registerEnumType(AlertStateEnum, {
  name: 'AlertState',
  description: 'Where an alert is in its life.',
  valuesConfig: {
    PENDING: { description: 'Seen once: most often chance, and gone by itself. Wake nobody for it.' },
    FIRING: { description: 'Confirmed by new rows.' },
    ACKNOWLEDGED: { description: 'A person knows.' },
    RESOLVED: { description: 'Gone, or closed by a person.' },
  },
});

@ObjectType('DriftAlert', { simpleResolvers: true, description: 'Something moved away from the reference, more than chance explains.' })
export class DriftAlertType {
  @Field(() => ID, { description: 'Its id.' })
  readonly id!: string;

  @Field(() => DriftKindEnum, { description: 'What has moved.' })
  readonly kind!: DriftKind;

  @Field(() => DriftSeverityEnum, { description: 'How far.' })
  readonly severity!: DriftSeverity;

  @Field(() => AlertStateEnum, { description: 'Where it is in its life.' })
  readonly state!: AlertState;

  @Field(() => String, { description: 'The model.' })
  readonly model!: string;

  @Field(() => String, { nullable: true, description: 'The version; null when it is about all of them.' })
  readonly version!: string | null;

  @Field(() => String, { nullable: true, description: 'The feature that moved; null for everything but DATA.' })
  readonly feature!: string | null;

  @Field(() => String, { description: 'Name of the statistical test.' })
  readonly test!: string;

  @Field(() => Float, { description: 'Its statistic.' })
  readonly statistic!: number;

  @Field(() => Float, { nullable: true, description: 'Its p-value; null for a test without one.' })
  readonly pValue!: number | null;

  @Field(() => Float, { description: 'The limit it was compared with.' })
  readonly threshold!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Size of the effect in the test's own unit (PSI, relative drop); null when it has none.",
  })
  readonly effect!: number | null;

  @Field(() => String, { description: 'All of it in a sentence.' })
  readonly message!: string;

  @Field(() => DateTime, { description: 'When it was first seen.' })
  readonly openedAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  readonly updatedAt!: Date;

  @Field(() => String, { nullable: true, description: 'What the person wrote who acknowledged or resolved it; null when nobody did.' })
  readonly comment!: string | null;
}

@ObjectType('DriftAlertEdge', { simpleResolvers: true, description: 'An alert and where it stands in the list.' })
export class DriftAlertEdgeType {
  @Field(() => String, { description: 'Where it stands: pass it as `after`.' })
  readonly cursor!: string;

  @Field(() => DriftAlertType, { description: 'The alert.' })
  readonly node!: DriftAlertType;
}

@ObjectType('DriftAlertConnection', { simpleResolvers: true, description: 'A page of alerts, newest first.' })
export class DriftAlertConnectionType {
  @Field(() => [DriftAlertEdgeType], { description: 'The items with their cursors.' })
  readonly edges!: readonly DriftAlertEdgeType[];

  @Field(() => [DriftAlertType], { description: 'The items alone.' })
  readonly nodes!: readonly DriftAlertType[];

  @Field(() => PageInfoType, { description: 'Where this page stands.' })
  readonly pageInfo!: PageInfoType;
}

@ObjectType('DriftAlertPayload', { simpleResolvers: true, description: 'What a change of an alert came to.' })
export class DriftAlertPayload {
  @Field(() => DriftAlertType, { nullable: true, description: 'The alert after the change; null when userErrors says why not.' })
  readonly alert!: DriftAlertType | null;

  @Field(() => [UserErrorType], { description: 'What was wrong with the input; empty after success.' })
  readonly userErrors!: readonly UserErrorType[];
}

@InputType('DriftAlertFilter', { description: 'Which alerts; all conditions must hold.' })
export class DriftAlertFilterInput {
  @Field(() => String, { nullable: true, description: 'About this model.' })
  readonly model?: string | null;

  @Field(() => String, { nullable: true, description: 'About this version.' })
  readonly version?: string | null;

  @Field(() => DriftKindEnum, { nullable: true, description: 'Of this kind.' })
  readonly kind?: DriftKind | null;

  @Field(() => [AlertStateEnum], { nullable: true, description: 'In one of these states.' })
  readonly states?: readonly AlertState[] | null;

  @Field(() => DriftSeverityEnum, { nullable: true, description: 'At least this severe.' })
  readonly minSeverity?: DriftSeverity | null;
}
