import type { PerformanceBucket } from '../../../src/drift/drift-store';
import { findPerformanceDrift } from '../../../src/drift/performance-drift';
import type { ReferenceProfile } from '../../../src/drift/reference-profile';

const hour = (number: number) => new Date(Date.UTC(2026, 2, 10, number));

function anHour(number: number, labelled: number, correct: number): PerformanceBucket {
  return { startedAt: hour(number), predictions: labelled, labelled, correct, confidenceSum: 0, confusion: [] };
}

function aProfile(accuracy: number | null, labelled = 1_000): ReferenceProfile {
  return { rows: labelled, source: '', features: [], accuracy, labelled };
}

describe('findPerformanceDrift', () => {
  it.each([
    [980, 'NONE', false],
    [930, 'LOW', false],
    [850, 'MEDIUM', true],
    [700, 'HIGH', true],
  ])('against 0.98, %i right of 1,000 is %s', (correct, severity, drifted) => {
    const finding = findPerformanceDrift([anHour(9, 1_000, correct)], aProfile(0.98), 100);
    expect(finding).toMatchObject({
      kind: 'PERFORMANCE',
      feature: null,
      severity,
      drifted,
      threshold: 0.1,
      referenceRows: 1_000,
      currentRows: 1_000,
    });
    expect(finding?.effect).toBeCloseTo((0.98 - correct / 1_000) / 0.98, 12);
  });

  it('takes a drop within noise for none', () => {
    // 0.62 against 0.70: a drop of 11%, but 100 rows against 100 differ as much by chance.
    expect(findPerformanceDrift([anHour(9, 100, 62)], aProfile(0.7, 100), 100)).toMatchObject({ severity: 'NONE', drifted: false });
    expect(findPerformanceDrift([anHour(9, 1_000, 620)], aProfile(0.7, 1_000), 100)).toMatchObject({ severity: 'MEDIUM', drifted: true });
  });

  it('takes an improvement for none', () => {
    expect(findPerformanceDrift([anHour(9, 1_000, 999)], aProfile(0.7), 100)).toMatchObject({ severity: 'NONE', drifted: false });
  });

  it('walks hours back until there are labels enough', () => {
    const hours = [anHour(9, 40, 20), anHour(8, 0, 0), anHour(7, 70, 35), anHour(6, 500, 500)];
    expect(findPerformanceDrift(hours, aProfile(0.9), 100)).toMatchObject({ currentRows: 110, windowStartedAt: hour(7) });
  });

  it('without a reference compares with the 7 days before', () => {
    const tooOld = anHour(9 - 8 * 24, 1_000, 0);
    const hours = [anHour(9, 200, 100), anHour(8, 400, 380), anHour(7, 400, 380), tooOld];
    for (const profile of [null, aProfile(null)])
      expect(findPerformanceDrift(hours, profile, 100)).toMatchObject({ severity: 'HIGH', referenceRows: 800, currentRows: 200 });
  });

  it('says nothing with too few labels on either side', () => {
    expect(findPerformanceDrift([anHour(9, 99, 0)], aProfile(0.9), 100)).toBeNull();
    expect(findPerformanceDrift([anHour(9, 200, 0), anHour(8, 50, 50)], null, 100)).toBeNull();
    expect(findPerformanceDrift([], aProfile(0.9), 100)).toBeNull();
    expect(findPerformanceDrift([anHour(9, 200, 0)], aProfile(0), 100)).toBeNull();
  });

  it('says in words how far', () => {
    expect(findPerformanceDrift([anHour(9, 200, 150)], aProfile(0.9), 100)?.message).toBe(
      'accuracy: 0.750 over the last 200 labelled predictions, 16.7% below the reference of 0.900 (1000 rows); p 5e-8.',
    );
  });
});
