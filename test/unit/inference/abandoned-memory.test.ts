import { AbandonedMemory } from '../../../src/inference/abandoned-memory';
import { eventually } from '../../integration/eventually';

const shared = (megabytes: number) => new Uint8Array(new SharedArrayBuffer(megabytes * 2 ** 20));

describe('AbandonedMemory', () => {
  it('has garbage collected when more than 256 MiB were abandoned', () => {
    let collections = 0;
    const memory = new AbandonedMemory(() => collections++);
    const kept = [shared(128), shared(128), shared(1)];
    memory.abandon(kept.slice(0, 2));
    expect(collections).toBe(0);
    memory.abandon(kept.slice(2));
    expect(collections).toBe(1);
    expect(memory.abandonedBytes).toBe(257 * 2 ** 20);
  });

  it('counts only what was not collected yet', async () => {
    const memory = new AbandonedMemory();
    memory.abandon([shared(150), shared(150)]);
    await eventually('the memory is collected', () => (memory.abandonedBytes === 0 ? true : null));
  });
});
