import { type AlertMemory, followAlert, noMemory, openAlert, resolvedAlert } from '../../../src/drift/alert-life';
import type { AlertState, DriftAlert } from '../../../src/drift/drift-alert';
import type { DriftFinding } from '../../../src/drift/drift-finding';

const opened = new Date('2026-03-01T00:00:00Z');
const later = new Date('2026-03-01T00:00:05Z');

function aFinding(more: Partial<DriftFinding> = {}): DriftFinding {
  return {
    kind: 'DATA',
    feature: 'red',
    test: 'chi-square homogeneity',
    statistic: 30,
    pValue: 0.0001,
    adjustedPValue: 0.001,
    threshold: 0.05,
    effect: 0.4,
    severity: 'HIGH',
    drifted: true,
    referenceRows: 900,
    currentRows: 200,
    message: 'red moved.',
    windowStartedAt: opened,
    ...more,
  };
}
const clean = aFinding({ severity: 'NONE', drifted: false, adjustedPValue: 0.7 });

function anAlert(state: AlertState = 'PENDING'): DriftAlert {
  return { ...openAlert('a', aFinding(), { model: 'digits', version: '1', now: opened }), state };
}

function look(alert: DriftAlert, memory: AlertMemory, finding: DriftFinding, seen: number, isNew = true) {
  return followAlert(alert, memory, { finding, seen, isNew, now: later });
}

describe('an alert', () => {
  it('is PENDING at first sight, with the facts of the finding', () => {
    expect(anAlert()).toMatchObject({
      state: 'PENDING',
      severity: 'HIGH',
      pValue: 0.001,
      effect: 0.4,
      message: 'red moved.',
      openedAt: opened,
      updatedAt: opened,
    });
  });

  it('fires when a later look confirms it on 100 new rows', () => {
    const memory = { cleanLooks: 0, dirtySince: 1_000 };
    expect(look(anAlert(), memory, aFinding(), 1_099).changed).toBeNull();
    expect(look(anAlert(), memory, aFinding(), 1_100).changed).toMatchObject({ state: 'FIRING', openedAt: opened, updatedAt: later });
  });

  it('of performance needs 50 new labels', () => {
    const finding = aFinding({ kind: 'PERFORMANCE', feature: null });
    expect(look(anAlert(), { cleanLooks: 0, dirtySince: 10 }, finding, 60).changed).toMatchObject({ state: 'FIRING' });
  });

  it('fires at the next look, without new rows, when the evidence is beyond doubt', () => {
    const decisive = aFinding({ adjustedPValue: 1e-7 });
    expect(look(anAlert(), { cleanLooks: 0, dirtySince: 200 }, decisive, 200, false).changed).toMatchObject({ state: 'FIRING' });
  });

  it('is not confirmed by a process that sees it for the first time', () => {
    const step = look(anAlert(), noMemory, aFinding({ adjustedPValue: 1e-7 }), 5_000);
    expect(step).toEqual({ changed: null, memory: { cleanLooks: 0, dirtySince: 5_000 } });
  });

  it('is not confirmed by something milder; its severity follows', () => {
    const step = look(anAlert(), { cleanLooks: 0, dirtySince: 0 }, aFinding({ severity: 'LOW' }), 500);
    expect(step.changed).toMatchObject({ state: 'PENDING', severity: 'LOW' });
    expect(look(step.changed ?? anAlert(), step.memory, aFinding({ severity: 'LOW' }), 510).changed).toMatchObject({ state: 'FIRING' });
  });

  it('starts over when a clean look came between', () => {
    const { memory } = look(anAlert(), { cleanLooks: 0, dirtySince: 0 }, clean, 150);
    const again = look(anAlert(), memory, aFinding(), 160);
    expect(again).toEqual({ changed: null, memory: { cleanLooks: 0, dirtySince: 160 } });
  });

  it.each(['PENDING', 'FIRING', 'ACKNOWLEDGED'] as const)('that is %s resolves itself at the third clean look in a row', (state) => {
    const alert = anAlert(state);
    const first = look(alert, noMemory, clean, 10);
    const second = look(alert, first.memory, clean, 20);
    const relapse = look(alert, second.memory, aFinding(), 30);
    expect([first, second].map((step) => step.changed)).toEqual([null, null]);
    expect(look(alert, second.memory, clean, 30).changed).toMatchObject({ state: 'RESOLVED', updatedAt: later });
    expect(look(alert, relapse.memory, clean, 40).changed).toBeNull();
  });

  it('does not count a clean look at rows it knows', () => {
    const memory = { cleanLooks: 2, dirtySince: null };
    expect(look(anAlert('FIRING'), memory, clean, 10, false)).toEqual({ changed: null, memory });
  });

  it('stays ACKNOWLEDGED while its severity follows', () => {
    const step = look(anAlert('ACKNOWLEDGED'), { cleanLooks: 0, dirtySince: 0 }, aFinding({ severity: 'MEDIUM' }), 500);
    expect(step.changed).toMatchObject({ state: 'ACKNOWLEDGED', severity: 'MEDIUM' });
  });

  it('keeps its comment when it is resolved without one', () => {
    const alert = { ...anAlert(), comment: 'known' };
    expect(resolvedAlert(alert, later, null)).toMatchObject({ comment: 'known', state: 'RESOLVED' });
    expect(resolvedAlert(alert, later, 'mended')).toMatchObject({ comment: 'mended' });
  });
});
