import { DirectWrites } from '../../../src/journal/direct-writes';

/** A clock that writes move. */
function onClock() {
  let nowMs = 0;
  const writes = new DirectWrites(() => nowMs);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  const writeTaking = (ms: number) =>
    writes.run(() => {
      pass(ms);
      return 7;
    });
  return { writes, pass, writeTaking };
}

describe('DirectWrites', () => {
  it('allows small writes while they are quick, and says what they wrote', () => {
    const { writes, writeTaking } = onClock();
    for (let i = 0; i < 100; i++) {
      expect(writes.allow(64 * 1024)).toBe(true);
      expect(writeTaking(1.9)).toBe(7);
    }
  });

  it('leaves large writes to a thread', () => {
    const { writes } = onClock();
    expect(writes.allow(256 * 1024)).toBe(true);
    expect(writes.allow(256 * 1024 + 1)).toBe(false);
  });

  it('leaves all to a thread for a second after a slow one', () => {
    const { writes, pass, writeTaking } = onClock();
    writeTaking(2);
    expect(writes.allow(1)).toBe(false);
    pass(999);
    expect(writes.allow(1)).toBe(false);
    pass(1);
    expect(writes.allow(1)).toBe(true);
  });

  it('watches writes that fail, too', () => {
    const { writes, pass } = onClock();
    const failing = () =>
      writes.run(() => {
        pass(50);
        throw new Error('EIO');
      });
    expect(failing).toThrow('EIO');
    expect(writes.allow(1)).toBe(false);
  });
});
