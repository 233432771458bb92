import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DriftKind, DriftSeverity } from '../../drift/drift-alert';
import { DateTime } from '../scalars';
import { UserErrorType } from '../user-errors';
import { DriftKindEnum, DriftSeverityEnum } from './drift-alert.type';

@ObjectType('DriftFinding', { simpleResolvers: true, description: 'One test of one look.' })
export class DriftFindingType {
  @Field(() => DriftKindEnum, { description: 'What was tested.' })
  readonly kind!: DriftKind;

  @Field(() => String, { nullable: true, description: 'The feature; null for everything but DATA.' })
  readonly feature!: string | null;

  @Field(() => String, { description: 'Name of the statistical test.' })
  readonly test!: string;

  @Field(() => Float, { description: 'Its statistic.' })
  readonly statistic!: number;

  @Field(() => Float, { nullable: true, description: 'Its p-value; null for a test without one.' })
  readonly pValue!: number | null;

  @Field(() => Float, { nullable: true, description: 'The p-value corrected for the number of features; null for a test without one.' })
  readonly adjustedPValue!: number | null;

  @Field(() => Float, { description: 'The limit it was compared with.' })
  readonly threshold!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Size of the effect in the test's own unit (PSI, relative drop); null when it has none.",
  })
  readonly effect!: number | null;

  @Field(() => DriftSeverityEnum, { description: 'How far it has moved.' })
  readonly severity!: DriftSeverity;

  @Field(() => Boolean, { description: 'True when it has moved.' })
  readonly drifted!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'Where the window of this test begins; null when that is not known.' })
  readonly windowStartedAt!: Date | null;

  @Field(() => Float, { description: 'Rows of the reference in this test.' })
  readonly referenceRows!: number;

  @Field(() => Float, { description: 'Rows of the window in this test.' })
  readonly currentRows!: number;

  @Field(() => String, { description: 'All of it in a sentence.' })
  readonly message!: string;
}

@ObjectType('DriftReference', { simpleResolvers: true, description: 'What inputs and answers looked like when they were good.' })
export class DriftReferenceType {
  @Field(() => String, { description: 'Where its rows came from.' })
  readonly source!: string;

  @Field(() => Float, { description: 'How many rows it was made of.' })
  readonly rows!: number;

  @Field(() => DateTime, { description: 'When it was captured.' })
  readonly capturedAt!: Date;
}

@ObjectType('DriftReport', { simpleResolvers: true, description: 'How recent traffic of a version compares with its reference.' })
export class DriftReportType {
  @Field(() => String, { description: 'The model.' })
  readonly model!: string;

  @Field(() => String, { description: 'The version.' })
  readonly version!: string;

  @Field(() => DateTime, { description: 'When the comparison was made.' })
  readonly asOf!: Date;

  @Field(() => DriftSeverityEnum, { description: 'The worst of the findings.' })
  readonly severity!: DriftSeverity;

  @Field(() => Boolean, { description: 'False: there is nothing to compare with. Capture a reference with captureDriftReference.' })
  readonly hasReference!: boolean;

  @Field(() => DriftReferenceType, { nullable: true, description: 'What it was compared with; null without a reference.' })
  readonly reference!: DriftReferenceType | null;

  @Field(() => Float, { description: 'Predictions in the window.' })
  readonly windowRows!: number;

  @Field(() => DateTime, { nullable: true, description: 'Where the window begins; null when it is empty.' })
  readonly windowStartedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Where the window ends; null when it is empty.' })
  readonly windowEndedAt!: Date | null;

  @Field(() => [DriftFindingType], { description: 'Each test of this look.' })
  readonly findings!: readonly DriftFindingType[];

  @Field(() => String, { nullable: true, description: 'Why there is less to see than one would expect; null when there is not.' })
  readonly note!: string | null;
}

@InputType('CaptureReferenceInput', { description: 'What a reference shall be made of.' })
export class CaptureReferenceInput {
  @Field(() => Int, { nullable: true, description: 'How many of the newest predictions, 100..10000; absent: 1000.' })
  readonly lastRows?: number | null;
}

@ObjectType('DriftReferencePayload', { simpleResolvers: true, description: 'What capturing a reference came to.' })
export class DriftReferencePayload {
  @Field(() => DriftReferenceType, { nullable: true, description: 'The reference; null when userErrors says why not.' })
  readonly reference!: DriftReferenceType | null;

  @Field(() => [UserErrorType], { description: 'What was wrong with the input; empty after success.' })
  readonly userErrors!: readonly UserErrorType[];
}

@ObjectType('PerformanceWindow', { simpleResolvers: true, description: 'How right a model was over a stretch of time.' })
export class PerformanceWindowType {
  @Field(() => DateTime, { description: 'Where it begins.' })
  readonly startedAt!: Date;

  @Field(() => DateTime, { description: 'Where it ends.' })
  readonly endedAt!: Date;

  @Field(() => Float, { description: 'Predictions made in it.' })
  readonly predictions!: number;

  @Field(() => Float, { description: 'Predictions whose truth was reported.' })
  readonly labelled!: number;

  @Field(() => Float, { nullable: true, description: 'Share of labelled predictions that were right, 0..1; null without labels.' })
  readonly accuracy!: number | null;

  @Field(() => Float, { nullable: true, description: 'Precision, mean over the classes that were answered, 0..1; null without labels.' })
  readonly precision!: number | null;

  @Field(() => Float, { nullable: true, description: 'Recall, mean over the classes that were the truth, 0..1; null without labels.' })
  readonly recall!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean probability of the answered class, 0..1; null without predictions.' })
  readonly averageConfidence!: number | null;
}

@ObjectType('DriftSummaryLine', { simpleResolvers: true, description: 'How often one thing was found at one severity.' })
export class DriftSummaryLineType {
  @Field(() => DriftKindEnum, { description: 'What was tested.' })
  readonly kind!: DriftKind;

  @Field(() => String, { nullable: true, description: 'The feature; null for everything but DATA.' })
  readonly feature!: string | null;

  @Field(() => DriftSeverityEnum, { description: 'The severity.' })
  readonly severity!: DriftSeverity;

  @Field(() => Float, { description: 'How many tests came out so, over all looks.' })
  readonly count!: number;
}

@ObjectType('DriftAlertCounts', { simpleResolvers: true, description: 'How many alerts came and went.' })
export class DriftAlertCountsType {
  @Field(() => Int, { description: 'Opened in these days.' })
  readonly opened!: number;

  @Field(() => Int, { description: 'Resolved in these days, whenever they were opened.' })
  readonly resolved!: number;

  @Field(() => Int, { description: 'Open now, whenever they were opened.' })
  readonly openNow!: number;
}

@ObjectType('DriftSummary', { simpleResolvers: true, description: 'The looks and the performance of the last days.' })
export class DriftSummaryType {
  @Field(() => ID, { description: 'The model.' })
  readonly model!: string;

  @Field(() => Int, { description: 'How many days it covers.' })
  readonly days!: number;

  @Field(() => [DriftSummaryLineType], { description: 'How often each thing was found at each severity.' })
  readonly findings!: readonly DriftSummaryLineType[];

  @Field(() => DriftAlertCountsType, { description: 'Its alerts; of the newest 5,000.' })
  readonly alerts!: DriftAlertCountsType;

  @Field(() => [PerformanceWindowType], {
    description: 'How right the model was: by the hour up to 7 days, else by the day; newest first.',
  })
  readonly performance!: readonly PerformanceWindowType[];
}
