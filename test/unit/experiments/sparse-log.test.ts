import { SparseLog } from '../../../src/experiments/sparse-log';

it('tells a failure when it begins, every five minutes while it lasts, and anew after it was over', () => {
  const log = new SparseLog();
  const minutes = (count: number) => count * 60_000;
  expect(Array.from({ length: 12 }, (_, minute) => log.isDue('a', minutes(minute)))).toEqual(
    Array.from({ length: 12 }, (_, minute) => minute % 5 === 0),
  );
  expect(log.isDue('b', minutes(11))).toBe(true);
  log.over('a');
  expect(log.isDue('a', minutes(12))).toBe(true);
});
