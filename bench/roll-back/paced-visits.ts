import { setTimeout as delay } from 'node:timers/promises';
import type { GraphqlConnection } from '../experiments/graphql-connection';
import { OpenLoopSchedule } from '../load/open-loop-schedule';
import type { TimedAnswer } from './first-crossing';
import { rolledOutModel } from './slow-rollout';

/** One request of one unit. */
export interface Visit extends TimedAnswer {
  readonly sentAtMs: number;
  readonly version: string;
}

export interface VisitOptions {
  readonly ratePerSecond: number;
  readonly longestMs: number;
  /** Each visit is by another unit. */
  readonly unitOf: (visit: number) => string;
  readonly isOver: () => boolean;
}

interface Predicted {
  readonly predict: {
    readonly version: string;
    readonly timing: { readonly totalMs: number };
    readonly assignment: { readonly variant: string | null; readonly inExperiment: boolean } | null;
  };
}

const mutation =
  'mutation ($input: PredictInput!) { predict(input: $input) { version timing { totalMs } assignment { variant inExperiment } } }';

/** An open loop: a request leaves when it is due, whatever became of those before. @returns what each was answered, in the order sent. */
export async function pacedVisits(
  connection: GraphqlConnection,
  { ratePerSecond, longestMs, unitOf, isOver }: VisitOptions,
): Promise<readonly Visit[]> {
  const schedule = new OpenLoopSchedule(ratePerSecond, longestMs);
  const startedAtMs = performance.now();
  const visits: Promise<Visit>[] = [];
  while (!schedule.isOver && !isOver()) {
    while (schedule.takeDue(performance.now() - startedAtMs) !== null) visits.push(visit(connection, unitOf(visits.length)));
    await delay(Math.max(0, startedAtMs + schedule.nextAtMs - performance.now()));
  }
  return Promise.all(visits);
}

async function visit(connection: GraphqlConnection, unitId: string): Promise<Visit> {
  const sentAtMs = performance.now();
  const { predict } = await connection.ask<Predicted>(mutation, { input: { model: rolledOutModel, features: { values: [0] }, unitId } });
  const { version, timing, assignment } = predict;
  const variant = assignment?.inExperiment ? assignment.variant : null;
  return { unitId, version, variant, totalMs: timing.totalMs, sentAtMs, answeredAtMs: performance.now() };
}
