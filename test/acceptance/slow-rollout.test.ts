import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphqlConnection } from '../../bench/experiments/graphql-connection';
import { startExperiment } from '../../bench/experiments/start-experiment';
import { type DelayedModelServer, startDelayedModelServer } from '../../bench/roll-back/delayed-model-server';
import { firstCrossing } from '../../bench/roll-back/first-crossing';
import { pacedVisits } from '../../bench/roll-back/paced-visits';
import { crossingRule, layOutModel, remoteModels, slowRollout } from '../../bench/roll-back/slow-rollout';
import { eventually, Server } from './server';

interface Rollout {
  readonly experiment: {
    readonly status: string;
    readonly shippedVariant: string | null;
    readonly history: readonly { readonly action: string; readonly actor: string; readonly reason: string | null }[];
  };
}

const [ratePerSecond, longestMs] = [100, 60_000];
const key = 'slow';
const query = `query ($key: String!) { experiment(key: $key) { status shippedVariant
  history { action actor reason } } }`;

describe('a rollout of a version that takes five times as long', () => {
  const modelsDir = mkdtempSync(join(tmpdir(), 'touchstone-slow-'));
  const server = new Server({ MODELS_DIR: modelsDir });
  let remote: DelayedModelServer;
  let connection: GraphqlConnection;

  beforeAll(async () => {
    remote = await startDelayedModelServer({ [remoteModels['1']]: 10, [remoteModels['2']]: 60 });
    layOutModel(modelsDir, remote.url);
    await server.start();
    const { hostname: host, port } = new URL(server.url);
    connection = new GraphqlConnection({ host, port: Number(port) });
  });
  afterAll(async () => {
    connection.close();
    await server.remove();
    await remote.stop();
    rmSync(modelsDir, { recursive: true, force: true });
  });

  it('goes back by itself at the guardrail, and from then on the old version answers alone', async () => {
    await startExperiment(connection, slowRollout(key));
    const read = () => connection.ask<Rollout>(query, { key });
    let isStopped = false;
    const visits = pacedVisits(connection, { ratePerSecond, longestMs, unitOf: (visit) => `unit-${visit}`, isOver: () => isStopped });
    const last = await eventually(read, ({ experiment }) => experiment.status !== 'RUNNING', longestMs);
    isStopped = true;
    const during = await visits;
    // Answers that were under way come in afterwards and are counted, so that the results need not say it any more; the history does.
    expect(last.experiment).toMatchObject({ status: 'STOPPED', shippedVariant: null });
    expect(last.experiment.history.at(-1)).toMatchObject({
      action: 'ROLLED_BACK',
      actor: 'rollout',
      reason: expect.stringMatching(/^Latency of next is worse than the control by more than the 50% that are tolerated/),
    });
    const after = await pacedVisits(connection, {
      ratePerSecond,
      longestMs: 500,
      unitOf: (visit) => `later-${visit}`,
      isOver: () => false,
    });
    expect(new Set(after.map(({ version, variant }) => `${version} ${variant}`))).toEqual(new Set(['1 null']));
    // What the callers saw is evidence enough.
    expect(firstCrossing(during, crossingRule)).not.toBeNull();
  });
});
