import { Arg, Mutation, Resolver } from 'type-graphql';
import type { RecordOutcome } from '../../experiments/record-outcome';
import type { OutcomeService } from '../services';
import { LabelInput, type OutcomeFailureType, OutcomeInput, OutcomeResultUnion, ReceiptType } from './outcome.type';

@Resolver()
export class OutcomeResolver {
  readonly #outcomes: OutcomeService;

  constructor(outcomes: OutcomeService) {
    this.#outcomes = outcomes;
  }

  @Mutation(() => ReceiptType, { description: 'Reports the truth of one prediction. Once the receipt is there, it will be counted, once.' })
  recordLabel(@Arg('input', () => LabelInput, { description: 'The truth.' }) input: LabelInput): Promise<ReceiptType> {
    return this.#outcomes.recordLabel(input);
  }

  @Mutation(() => ReceiptType, { description: 'Reports a value of a metric. Once the receipt is there, it will be counted, once.' })
  recordOutcome(@Arg('input', () => OutcomeInput, { description: 'The value.' }) input: OutcomeInput): Promise<ReceiptType> {
    return this.#outcomes.recordOutcome(toOutcome(input));
  }

  @Mutation(() => [OutcomeResultUnion], {
    description: 'Reports up to 1,000 values at once. Each row is answered for itself, in the order of the request.',
  })
  async recordOutcomes(
    @Arg('input', () => [OutcomeInput], { description: 'The values.' }) input: OutcomeInput[],
  ): Promise<readonly (ReceiptType | OutcomeFailureType)[]> {
    return this.#outcomes.recordOutcomes(input.map(toOutcome));
  }
}

/** Null is how some clients write "the default". */
function toOutcome(input: OutcomeInput): RecordOutcome {
  return { ...input, value: input.value ?? 1 };
}
