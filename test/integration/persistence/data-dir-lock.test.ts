import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DataDirLock } from '../../../src/persistence/data-dir-lock';
import { commandsWithout } from './database-server';

const script = join(__dirname, '../../fixtures/lock-holder.cjs');

describe.each([
  { way: 'the system lock', missing: [] },
  { way: 'the process named in the file', missing: ['flock'] },
])('DataDirLock by $way', ({ missing }) => {
  let path: string;
  let dataDir: string;
  let holders: ChildProcess[];

  beforeAll(() => {
    path = commandsWithout(...missing);
  });
  afterAll(() => rmSync(path, { recursive: true }));
  beforeEach(() => {
    dataDir = join(mkdtempSync(join(tmpdir(), 'touchstone-lock-')), 'made', 'on', 'the', 'way');
    holders = [];
  });
  afterEach(async () => {
    for (const holder of holders) await kill(holder);
    rmSync(join(dataDir, '../../../..'), { recursive: true });
  });

  /** What another process says that wants the lock; it lives on with it. */
  async function tryInAnotherProcess(): Promise<{ readonly said: string; readonly holder: ChildProcess }> {
    const holder = spawn(process.execPath, [script, dataDir], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PATH: path } });
    holders.push(holder);
    const [said] = await once(createInterface({ input: holder.stdout as NodeJS.ReadableStream }), 'line');
    return { said, holder };
  }

  it('is had by one process; a second is told its pid', async () => {
    const { said, holder } = await tryInAnotherProcess();
    expect(said).toBe('held');
    const second = await tryInAnotherProcess();
    expect(second.said).toMatch(/^CONFLICT: /);
    expect(second.said).toContain(`pid ${holder.pid}`);
    expect(second.said).toContain(dataDir);
  });

  it('is free when its holder lets go', async () => {
    const { holder } = await tryInAnotherProcess();
    holder.stdin?.end();
    await once(holder, 'exit');
    expect((await tryInAnotherProcess()).said).toBe('held');
  });

  it('is free when its holder is killed, over and over', async () => {
    for (let round = 0; round < 3; round++) {
      const { said, holder } = await tryInAnotherProcess();
      expect(said).toBe('held');
      await kill(holder);
    }
  });

  it.each([
    { name: 'whose number now belongs to somebody else', content: JSON.stringify({ pid: process.pid, startedAt: 'long ago' }) },
    { name: 'that no longer exists', content: JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }) },
    { name: 'whose file was cut short', content: '{"pid":' },
  ])('does not stay with a process $name', async ({ content }) => {
    const first = await tryInAnotherProcess();
    await kill(first.holder);
    writeFileSync(join(dataDir, 'lock'), content);
    expect((await tryInAnotherProcess()).said).toBe('held');
  });
});

describe('DataDirLock', () => {
  it('says so when the folder cannot be made', () => {
    expect(() => DataDirLock.acquire(join(__filename, 'below-a-file'))).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining('DATA_DIR') }),
    );
  });

  it('is not had twice by one process', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-lock-'));
    const lock = DataDirLock.acquire(dataDir);
    expect(() => DataDirLock.acquire(dataDir)).toThrow(`pid ${process.pid}`);
    lock.release();
    DataDirLock.acquire(dataDir).release();
    rmSync(dataDir, { recursive: true });
  });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
