import { automaticMove, movesByItself } from '../../../src/experiments/automatic-move';
import { anExperiment } from '../../contract/an-experiment';
import { aRollout, resultsOf } from './a-rollout';

const later = new Date('2026-03-02T00:01:00Z');

describe('an A/B test', () => {
  const running = anExperiment({ status: 'RUNNING' });

  it('moves by itself only when a guardrail that stops is crossed', () => {
    expect(automaticMove(running, resultsOf({ action: 'ROLL_BACK', guardrail: 'CROSSED' }), later)).toMatchObject({ kind: 'stop' });
    expect(automaticMove(running, resultsOf({ action: 'ROLL_BACK' }), later)).toBeNull();
    expect(automaticMove(running, resultsOf({ action: 'DO_NOT_TRUST', guardrail: 'CROSSED' }), later)).toBeNull();
    expect(automaticMove(running, resultsOf({ action: 'SHIP' }), later)).toBeNull();
    expect(movesByItself(running)).toBe(true);
    expect(movesByItself({ ...running, guardrails: [] })).toBe(false);
  });

  it('does not move unless it runs', () => {
    const results = resultsOf({ action: 'ROLL_BACK', guardrail: 'CROSSED' });
    for (const status of ['DRAFT', 'PAUSED', 'STOPPED'] as const)
      expect(automaticMove(anExperiment({ status }), results, later)).toBeNull();
  });
});

describe('a rollout', () => {
  it('goes back when the verdict says so, whatever made it', () => {
    expect(automaticMove(aRollout(), resultsOf({ action: 'ROLL_BACK' }), later)).toEqual({ kind: 'rollBack', reason: 'The reason.' });
  });

  it('goes on when its step is done', () => {
    expect(automaticMove(aRollout(), resultsOf(), later)).toMatchObject({
      kind: 'advance',
      reason: 'Step 1 of 2 is done: 500 units served, nothing worse than tolerated.',
    });
    expect(automaticMove(aRollout({ step: 1 }), resultsOf(), later)).toMatchObject({ kind: 'ship', variant: 'cnn' });
  });

  it('is not shipped before it is certain that its primary metric is not worse than tolerated', () => {
    const results = resultsOf({ primaryGuardrail: 'HOLDING' });
    expect(automaticMove(aRollout({ step: 1 }), results, later)).toBeNull();
    expect(automaticMove(aRollout(), results, later)).toMatchObject({ kind: 'advance' });
  });

  it.each([
    ['has not lasted long enough', new Date(later.getTime() - 1), resultsOf()],
    ['has served too few units', later, resultsOf({ units: 99 })],
    ['has a guardrail of which nothing is known', later, resultsOf({ guardrail: 'UNKNOWN' })],
    ['knows too little of its primary metric', later, resultsOf({ primaryUnits: 29 })],
    ['splits its units otherwise than planned', later, resultsOf({ action: 'DO_NOT_TRUST' })],
  ])('waits while its step %s', (_, now, results) => {
    expect(automaticMove(aRollout(), results, now)).toBeNull();
  });
});
