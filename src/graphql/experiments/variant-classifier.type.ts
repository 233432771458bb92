import { Field, Float, ObjectType } from 'type-graphql';
import { IntervalType } from './experiment-results.type';

const descriptive = 'Descriptive: predictions count as independent, at one look; no verdict uses it.';

@ObjectType('ClassifierAuc', {
  simpleResolvers: true,
  description: `Area under the ROC curve, from scores in 64 bins of their log-odds. ${descriptive}`,
})
export class ClassifierAucType {
  @Field(() => IntervalType, { description: 'The area, 0..1, with its 95% interval (DeLong), which what the bins leave open makes wider.' })
  readonly auc!: IntervalType;

  @Field(() => Float, { description: 'Standard error of the area; of a mean over classes, the mean of theirs, which is never less.' })
  readonly standardError!: number;

  @Field(() => IntervalType, {
    nullable: true,
    description: 'This variant minus the control, over the classes that both have, with its 95% interval; null for the control.',
  })
  readonly difference!: IntervalType | null;
}

@ObjectType('ClassifierClass', { simpleResolvers: true, description: 'How a variant tells one class from the rest.' })
export class ClassifierClassType {
  @Field(() => String, { description: 'Label of the class; "(other)" are those from the 21st on, together.' })
  readonly label!: string;

  @Field(() => Float, { description: 'Labelled predictions of this class.' })
  readonly support!: number;

  @Field(() => Float, { nullable: true, description: 'Share of those predicted as this class that are; null when it was never predicted.' })
  readonly precision!: number | null;

  @Field(() => Float, { nullable: true, description: 'Share of this class that was predicted as it; null when it never occurred.' })
  readonly recall!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Harmonic mean of precision and recall; null when it neither occurred nor was predicted.',
  })
  readonly f1!: number | null;

  @Field(() => ClassifierAucType, {
    nullable: true,
    description: 'The class against the rest; null with fewer than two predictions of either, and for "(other)".',
  })
  readonly auc!: ClassifierAucType | null;
}

@ObjectType('ClassifierConfusionRow', { simpleResolvers: true, description: 'What the predictions of one true class were taken for.' })
export class ClassifierConfusionRowType {
  @Field(() => String, { description: 'Label of the class that proved true.' })
  readonly label!: string;

  @Field(() => [Float], { description: 'Predictions of each class, in the order of the rows.' })
  readonly counts!: readonly number[];
}

@ObjectType('VariantClassifier', {
  simpleResolvers: true,
  description: `How the model of a variant classifies, over its labelled predictions. ${descriptive} The metrics accuracy, log_loss and brier_score have the intervals that may be watched.`,
})
export class VariantClassifierType {
  @Field(() => String, { description: 'Key of the variant.' })
  readonly variant!: string;

  @Field(() => Boolean, { description: 'True for the one that the others are compared with.' })
  readonly isControl!: boolean;

  @Field(() => Float, {
    description: 'Labelled predictions of which the class is known in the classes of the version. Others count nowhere here.',
  })
  readonly labelled!: number;

  @Field(() => Float, { nullable: true, description: 'Share of them that was right. Per prediction; the metric accuracy is over units.' })
  readonly accuracy!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean precision of the classes that occurred or were predicted; an undefined one counts 0.',
  })
  readonly macroPrecision!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean recall of the same classes; an undefined one counts 0.' })
  readonly macroRecall!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean F1 of the same classes.' })
  readonly macroF1!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean of -ln of the probability of the true class, clipped at 1e-15. Lower is better.',
  })
  readonly logLoss!: number | null;

  @Field(() => Float, { nullable: true, description: 'Mean of the sum over classes of (probability - truth)^2, 0..2. Lower is better.' })
  readonly brierScore!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Mean distance, in 15 bins of the confidence, between confidence and share of right answers, 0..1. Never quite 0 by chance alone.',
  })
  readonly expectedCalibrationError!: number | null;

  @Field(() => ClassifierAucType, { nullable: true, description: 'Mean over classes, each against the rest; null before there is one.' })
  readonly auc!: ClassifierAucType | null;

  @Field(() => [ClassifierClassType], { description: 'By class, in the order of the version; the first 20 are told apart.' })
  readonly classes!: readonly ClassifierClassType[];

  @Field(() => [ClassifierConfusionRowType], { description: 'The confusion matrix, a row for each true class.' })
  readonly confusion!: readonly ClassifierConfusionRowType[];
}
