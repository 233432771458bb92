import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FileEventJournal } from '../../../src/journal/file-event-journal';
import { FakeLogger } from '../../fakes/fake-logger';
import { readAll } from '../../unit/journal/journal-harness';

const writer = join(__dirname, '../../fixtures/journal-writer.cjs');

/** Runs the writer until `count` events are acknowledged, kills it there, and returns all acknowledged numbers. */
async function writeUntilKilled(directory: string, first: number, count: number): Promise<number[]> {
  const child = spawn(process.execPath, [writer, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const acknowledged: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'open') continue;
    acknowledged.push(Number(line));
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

async function readNumbers(directory: string): Promise<number[]> {
  const journal = await FileEventJournal.open({ directory, createId: () => 'unused', logger: new FakeLogger() });
  const { events } = await readAll(journal, 500);
  await journal.stop();
  return events.map((event) => (event.type === 'outcome' ? event.value : Number.NaN));
}

describe('FileEventJournal under kill -9', () => {
  it('keeps every acknowledged event exactly once and in order, over 12 kills of the same journal', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'touchstone-kill-'));
    const acknowledged = new Set<number>();
    for (let round = 0; round < 12; round++) {
      const first = round * 1_000_000;
      for (const number of await writeUntilKilled(directory, first, 20 + ((round * 157) % 600))) acknowledged.add(number);
      const numbers = await readNumbers(directory);
      const kept = new Set(numbers);
      expect(kept.size).toBe(numbers.length);
      expect([...numbers].sort((a, b) => a - b)).toEqual(numbers);
      expect([...acknowledged].filter((number) => !kept.has(number))).toEqual([]);
    }
    await rm(directory, { recursive: true });
  }, 60_000);
});
