import fc from 'fast-check';
import { Backlog } from '../../../src/persistence/ingest/backlog';

type Step = { readonly kind: 'add' | 'mark' | 'done'; readonly afterMs: number };

const steps = fc.array(
  fc.record({ kind: fc.constantFrom<Step['kind']>('add', 'add', 'mark', 'done'), afterMs: fc.integer({ min: 1, max: 50 }) }),
  { maxLength: 60 },
);

describe('Backlog', () => {
  it('never says that less is missing than is, and is exact once the newest mark is done', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        let nowMs = 1_000;
        const backlog = new Backlog(() => nowMs);
        const addedAtMs: number[] = [];
        let mark = backlog.mark();
        let done = -1;
        for (const { kind, afterMs } of sequence) {
          nowMs += afterMs;
          if (kind === 'add') {
            backlog.add();
            addedAtMs.push(nowMs);
          } else if (kind === 'mark') mark = backlog.mark();
          else {
            backlog.done(mark);
            done = mark;
          }
          const oldestMs = done === -1 ? 1_000 : addedAtMs[done];
          if (kind === 'done') expect(backlog.ageMs()).toBe(oldestMs === undefined ? 0 : nowMs - oldestMs);
          else if (oldestMs !== undefined) expect(backlog.ageMs()).toBeGreaterThanOrEqual(nowMs - oldestMs);
          if (backlog.isEmpty) expect(oldestMs).toBeUndefined();
        }
      }),
    );
  });

  it('is drained when what was added before the question is done, whatever came since', async () => {
    const backlog = new Backlog(() => 0);
    backlog.add();
    const mark = backlog.mark();
    let isDrained = false;
    const drained = backlog.drained().then(() => {
      isDrained = true;
    });
    backlog.add();
    await Promise.resolve();
    expect(isDrained).toBe(false);
    backlog.done(mark);
    await drained;
    expect(backlog.isEmpty).toBe(false);
  });
});
