import { type BanditPlan, defaultBandit } from './bandit';
import { type FormProblem, problem } from './form-error';
import { leastUnits } from './metric-result';

/** What is absent is as usual. */
export interface BanditForm {
  readonly algorithm?: BanditPlan['algorithm'] | null | undefined;
  readonly updateEveryMs?: number | null | undefined;
  readonly minWeight?: number | null | undefined;
  readonly minUnitsPerVariant?: number | null | undefined;
}

const leastMinWeight = 0.01;
const [leastUpdateMs, longestUpdateMs] = [1000, 30 * 86_400_000];
const maxUnits = 1e9;

export function completeBandit(form: BanditForm): BanditPlan {
  return {
    algorithm: form.algorithm ?? defaultBandit.algorithm,
    updateEveryMs: form.updateEveryMs ?? defaultBandit.updateEveryMs,
    minWeight: form.minWeight ?? defaultBandit.minWeight,
    minUnitsPerVariant: form.minUnitsPerVariant ?? defaultBandit.minUnitsPerVariant,
  };
}

/** What is wrong with a plan as a bandit. @param weights of its variants, as they begin. */
export function banditProblems(
  { algorithm, updateEveryMs, minWeight, minUnitsPerVariant }: BanditPlan,
  weights: readonly number[],
): FormProblem[] {
  const problems: FormProblem[] = [];
  const add = (field: string, message: string) => problems.push(problem(['bandit', field], message));
  if (algorithm === 'TOP_TWO' && weights.length === 2)
    add('algorithm', 'TOP_TWO needs three variants: of two both are always the best two, with half of the units each. Use THOMPSON.');
  if (!(updateEveryMs >= leastUpdateMs && updateEveryMs <= longestUpdateMs))
    add('updateEveryMs', `updateEveryMs must be from ${leastUpdateMs} to ${longestUpdateMs}, which is 30 days, not ${updateEveryMs}.`);
  if (!(Number.isInteger(minUnitsPerVariant) && minUnitsPerVariant >= leastUnits && minUnitsPerVariant <= maxUnits))
    add('minUnitsPerVariant', `minUnitsPerVariant must be a whole number from ${leastUnits} to ${maxUnits}, not ${minUnitsPerVariant}.`);
  const most = 1 / weights.length;
  // 0.3333 and 1 / 3 are meant alike.
  if (!(minWeight >= leastMinWeight && minWeight <= most + 1e-9)) {
    const range = `from ${leastMinWeight} to 1 / the number of variants, here ${Number(most.toPrecision(4))}`;
    add('minWeight', `minWeight must be ${range}, not ${minWeight}: each variant keeps so much, and together they have 1.`);
  } else if (weights.some((weight) => weight < minWeight - 1e-9)) {
    problems.push(problem(['variants'], `A bandit begins with weights of at least its minWeight, ${minWeight}.`));
  }
  return problems;
}
