import type { Experiment } from '../../src/experiments/experiment';
import { ExperimentRouter } from '../../src/experiments/experiment-router';
import { builtInMetrics } from '../../src/experiments/metric';
import { validatePlan } from '../../src/experiments/validate-plan';
import { type Spread, spreadOf } from '../serving/spread';
import { insideModel, outsideModel, threeExperiments } from './three-experiments';

const [units, decisionsARound, rounds] = [10_000, 200_000, 9];

export interface RouteCost {
  /** Microseconds of one decision about a model with three experiments. */
  readonly insideUs: Spread | null;
  readonly outsideUs: Spread | null;
}

/** What `ExperimentRouter.route` alone takes, in this process. */
export async function routeCost(): Promise<RouteCost> {
  const experiments = threeExperiments().map(running);
  const router = new ExperimentRouter({
    list: async () => experiments,
    find: async () => null,
    history: async () => [],
    insert: async () => {},
    update: async () => {},
    exposedAmong: async () => [],
  });
  await router.refresh();
  const measure = (model: string) => microseconds(router, model);
  for (const model of [insideModel, outsideModel]) measure(model);
  const times = Array.from({ length: rounds }, () => [measure(insideModel), measure(outsideModel)] as const);
  return { insideUs: spreadOf(times.map(([inside]) => inside)), outsideUs: spreadOf(times.map(([, outside]) => outside)) };
}

const unitIds = Array.from({ length: units }, (_, index) => `unit-${index}`);

function microseconds(router: ExperimentRouter, model: string): number {
  const attributes = { country: 'DE' };
  let considered = 0;
  const startedAtMs = performance.now();
  for (let decision = 0; decision < decisionsARound; decision++)
    considered += router.route(model, unitIds[decision % units] as string, attributes, '1').assignments.length;
  const passedMs = performance.now() - startedAtMs;
  // Used, so that no compiler may leave the work out.
  if (considered !== (model === insideModel ? 3 * decisionsARound : 0)) throw new Error(`The router considered ${considered} experiments.`);
  return (passedMs * 1000) / decisionsARound;
}

/** As the server completes it. */
function running(input: ReturnType<typeof threeExperiments>[number]): Experiment {
  const startedAt = new Date(0);
  const catalog = {
    versions: () => ['1', '2'].map((version) => ({ version, state: 'READY' })),
    championOf: () => '1',
    classLabels: () => null,
  };
  const { plan, problems } = validatePlan(input, { catalog, metrics: builtInMetrics, experiments: [], now: startedAt });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join(' '));
  return { ...plan, revision: 1, status: 'RUNNING', startedAt, progress: null };
}
