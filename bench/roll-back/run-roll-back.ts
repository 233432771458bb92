import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { StopStack } from '../../src/concurrency/stop-stack';
import type { Output } from '../experiments/bench';
import type { GraphqlConnection } from '../experiments/graphql-connection';
import { showSpread } from '../experiments/show-spread';
import { startExperiment } from '../experiments/start-experiment';
import { Touchstone } from '../experiments/touchstone';
import { describeMachine, machineLines } from '../serving/machine';
import { spreadOf } from '../serving/spread';
import { startDelayedModelServer } from './delayed-model-server';
import { pacedVisits } from './paced-visits';
import { crossingRule, layOutModel, remoteModels, slowRollout } from './slow-rollout';
import { type RollBack, timeToControl } from './time-to-control';

export interface RollBackOptions {
  readonly runs: number;
  readonly ratePerSecond: number;
  readonly fastMs: number;
  readonly slowMs: number;
  readonly jsonFile: string | null;
}

const promisedMs = 1_000;
const [longestMs, lookMs, afterStopMs] = [60_000, 100, 1_000];

/** Starts everything, measures, prints; what it started stands on `stack`. */
export async function runRollBack(options: RollBackOptions, stack: StopStack, { print, say }: Output): Promise<void> {
  const scratchDir = mkdtempSync(join(tmpdir(), 'touchstone-roll-back-'));
  stack.add(() => rmSync(scratchDir, { recursive: true, force: true }));
  const remote = await startDelayedModelServer({ [remoteModels['1']]: options.fastMs, [remoteModels['2']]: options.slowMs });
  stack.add(() => remote.stop());
  const modelsDir = join(scratchDir, 'models');
  layOutModel(modelsDir, remote.url);
  const server = new Touchstone({ modelsDir, dataDir: join(scratchDir, 'data') });
  stack.add(() => server.stop());
  await server.ready();
  const connection = server.connect();
  stack.add(() => connection.close());
  print(
    [...machineLines(describeMachine()), `${options.ratePerSecond} requests a second, ${options.fastMs} and ${options.slowMs} ms`].join(
      '\n',
    ),
  );
  const rollBacks: RollBack[] = [];
  for (let run = 1; run <= options.runs; run++) {
    say(`rollout ${run} of ${options.runs}`);
    const rollBack = await oneRollout(connection, `slow-${run}`, options.ratePerSecond);
    rollBacks.push(rollBack);
    print(
      `${run}: crossed after ${rollBack.unitsAtCrossing} units; ${rollBack.toControlMs.toFixed(0)} ms later the control alone, ${rollBack.late} requests late; ${rollBack.slowdown.toFixed(1)} times as slow`,
    );
  }
  const times = spreadOf(rollBacks.map(({ toControlMs }) => toControlMs));
  print(`From the crossing to the control alone: ${showSpread(times, 0)} ms (promised: at most ${promisedMs})`);
  if (options.jsonFile !== null)
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine: describeMachine(), options, rollBacks }, null, 2)}\n`);
  if ((times?.highest ?? Number.POSITIVE_INFINITY) > promisedMs) throw new Error('A rollout went back too late.');
}

async function oneRollout(connection: GraphqlConnection, key: string, ratePerSecond: number): Promise<RollBack> {
  await startExperiment(connection, slowRollout(key));
  const end = { isOver: false };
  const watching = untilStopped(connection, key).then(async () => {
    await delay(afterStopMs);
    end.isOver = true;
  });
  const unitOf = (visit: number) => `${key}-${visit}`;
  const visits = await pacedVisits(connection, { ratePerSecond, longestMs, unitOf, isOver: () => end.isOver });
  await watching;
  return timeToControl(visits, crossingRule);
}

async function untilStopped(connection: GraphqlConnection, key: string): Promise<void> {
  const query = 'query ($key: String!) { experiment(key: $key) { status } }';
  const giveUpAtMs = performance.now() + longestMs;
  while (performance.now() < giveUpAtMs) {
    const { experiment } = await connection.ask<{ experiment: { status: string } }>(query, { key });
    if (experiment.status === 'STOPPED') return;
    await delay(lookMs);
  }
  throw new Error(`Experiment "${key}" still runs.`);
}
