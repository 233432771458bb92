import type { ReplicaStats } from '../../src/live-stats/replica-stats';
import type { ReplicaStatsStore } from '../../src/live-stats/replica-stats-store';
import type { TimesByStage } from '../../src/live-stats/stage-times';

interface Subject {
  /** With nothing in it. */
  readonly store: ReplicaStatsStore;
  /** Makes all that was published so far `ms` milliseconds older. */
  age(ms: number): void | Promise<void>;
}

const stages: TimesByStage = {
  queue: { counts: [10], ms: 0 },
  preprocess: { counts: [10], ms: 0 },
  execute: { counts: [1, 9], ms: 12.5 },
  postprocess: { counts: [10], ms: 0.5 },
  total: { counts: [0, 3, 7], ms: 30.25 },
};

function statsOf(replicaId: string, totalRequests: number): ReplicaStats {
  return {
    replicaId,
    startedAtMs: 1_700_000_000_000,
    asOfMs: 1_700_000_001_000,
    versions: [
      {
        model: 'digits',
        version: '1',
        totalRequests,
        successfulRequests: totalRequests,
        failedRequests: 0,
        batchSizeSum: 30,
        cacheHits: 4,
        cacheMisses: 5,
        stages,
        queueDepth: 2,
        perSecond: [1, 2, 3],
      },
    ],
    variants: [{ experiment: 'new-model', variant: 'control', stages }],
  };
}

export function describeReplicaStatsStore(name: string, make: () => Subject | Promise<Subject>): void {
  describe(`a replica statistics store: ${name}`, () => {
    let store: ReplicaStatsStore;
    let age: Subject['age'];

    beforeEach(async () => {
      ({ store, age } = await make());
    });

    it('shows each replica what the others published last', async () => {
      await store.publish(statsOf('a', 1));
      await store.publish(statsOf('b', 1));
      await store.publish(statsOf('b', 2));
      expect(await store.others('a')).toEqual([statsOf('b', 2)]);
      expect(await store.others('b')).toEqual([statsOf('a', 1)]);
      expect(await store.others('c')).toHaveLength(2);
    });

    it('forgets who is silent for more than 10 s, until it publishes again', async () => {
      await store.publish(statsOf('a', 1));
      await age(5_000);
      expect(await store.others('b')).toEqual([statsOf('a', 1)]);
      await age(6_000);
      expect(await store.others('b')).toEqual([]);
      await store.publish(statsOf('a', 2));
      expect(await store.others('b')).toEqual([statsOf('a', 2)]);
    });

    it('forgets who withdraws', async () => {
      await store.publish(statsOf('a', 1));
      await store.publish(statsOf('b', 1));
      await store.withdraw('a');
      await store.withdraw('unknown');
      expect(await store.others('c')).toEqual([statsOf('b', 1)]);
    });
  });
}
