import { FakeDriftStore } from '../fakes/fake-drift-store';
import { FakeReplicaStatsStore } from '../fakes/fake-replica-stats-store';
import { describeDriftStore } from './drift-store.contract';
import { describeReplicaStatsStore } from './replica-stats-store.contract';

describeDriftStore('fake', () => new FakeDriftStore());
describeReplicaStatsStore('fake', () => {
  const store = new FakeReplicaStatsStore();
  return {
    store,
    age: (ms) => {
      store.nowMs += ms;
    },
  };
});
