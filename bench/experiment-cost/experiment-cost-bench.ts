import type { Bench } from '../experiments/bench';
export const experimentCostBench: Bench = { name: 'experiment-cost', help: '', prepare: () => null };
