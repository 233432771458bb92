import fc from 'fast-check';
import { OpenLoopSchedule } from '../../../bench/load/open-loop-schedule';

const aRate = fc.double({ min: 0.5, max: 20_000, noNaN: true });
const aDurationMs = fc.integer({ min: 1, max: 500 });

function takeAll(schedule: OpenLoopSchedule, elapsedMs: number): readonly number[] {
  const taken: number[] = [];
  for (let atMs = schedule.takeDue(elapsedMs); atMs !== null; atMs = schedule.takeDue(elapsedMs)) taken.push(atMs);
  return taken;
}

describe('the schedule of the open loop', () => {
  it('gives the same intended times however late it is looked at', () => {
    fc.assert(
      fc.property(aRate, aDurationMs, fc.array(fc.double({ min: 0, max: 500, noNaN: true })), (rate, durationMs, looks) => {
        const [punctual, sleepy] = [new OpenLoopSchedule(rate, durationMs), new OpenLoopSchedule(rate, durationMs)];
        const inSteps = [...looks.sort((a, b) => a - b), durationMs].flatMap((elapsedMs) => takeAll(punctual, elapsedMs));
        expect(takeAll(sleepy, durationMs)).toEqual(inSteps);
        expect(inSteps).toHaveLength(punctual.total);
        expect(punctual.isOver).toBe(true);
      }),
    );
  });

  it('never gives a request before its time, nor twice, nor out of step', () => {
    fc.assert(
      fc.property(aRate, aDurationMs, fc.double({ min: 0, max: 500, noNaN: true }), (rate, durationMs, elapsedMs) => {
        const taken = takeAll(new OpenLoopSchedule(rate, durationMs), elapsedMs);
        taken.forEach((atMs, index) => {
          expect(atMs).toBeLessThanOrEqual(elapsedMs);
          expect(atMs).toBeCloseTo((index * 1000) / rate, 6);
        });
      }),
    );
  });

  it('keeps to the rate', () => {
    fc.assert(
      fc.property(aRate, aDurationMs, (rate, durationMs) => {
        const { total } = new OpenLoopSchedule(rate, durationMs);
        expect(Math.abs(total - (rate * durationMs) / 1000)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
