import { LoopTurn } from '../../../src/concurrency/loop-turn';

const nextTurn = () => new Promise(setImmediate);

it('gives all that is asked in one turn the time of the first, and later turns their own', async () => {
  let nowMs = 5;
  const turn = new LoopTurn(() => nowMs);
  const first = turn.beganAtMs;
  nowMs = 9;
  await Promise.resolve();
  const second = turn.beganAtMs;
  await nextTurn();
  expect([first, second, turn.beganAtMs]).toEqual([5, 5, 9]);
});
