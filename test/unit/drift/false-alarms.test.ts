import { type AlertMemory, alertKey, followAlert, openAlert } from '../../../src/drift/alert-life';
import type { DriftAlert } from '../../../src/drift/drift-alert';
import type { DriftFinding } from '../../../src/drift/drift-finding';
import { aProfile, aRow, lookAt, rowsOf, seededRandom, type Traffic } from './simulated-traffic';

const steady: Traffic = { features: 11 };
const referenceRows = 900;
const now = new Date(0);

function drifted(findings: readonly DriftFinding[]): readonly DriftFinding[] {
  return findings.filter((finding) => finding.drifted);
}

/** Share of looks at fresh windows that find anything, over several references. */
function shareOfAlarms(windowRows: number, looks: number): number {
  const looksAReference = 10;
  let alarms = 0;
  for (let look = 0; look < looks; look += looksAReference) {
    const random = seededRandom(look * 7919 + windowRows);
    const profile = aProfile(referenceRows, random, steady);
    for (let i = 0; i < looksAReference; i++) alarms += drifted(lookAt(profile, rowsOf(windowRows, random, steady))).length > 0 ? 1 : 0;
  }
  return alarms / looks;
}

/** Looks at a window of 200 rows that moves by 10, as the monitor makes them; how many alerts were opened and how many confirmed. */
function watchStream(seed: number, looks: number): { opened: number; confirmed: number } {
  const random = seededRandom(seed);
  const profile = aProfile(referenceRows, random, steady);
  let rows = rowsOf(200, random, steady);
  const open = new Map<string, { alert: DriftAlert; memory: AlertMemory }>();
  const totals = { opened: 0, confirmed: 0 };
  for (let look = 0; look < looks; look++) {
    rows = [...rows.slice(10), ...rowsOf(10, random, steady)];
    for (const finding of lookAt(profile, rows)) {
      const entry = open.get(alertKey(finding));
      const seen = 10 * look;
      if (!entry) {
        if (!finding.drifted) continue;
        const alert = openAlert('id', finding, { model: 'm', version: '1', now });
        open.set(alertKey(finding), { alert, memory: { cleanLooks: 0, dirtySince: seen } });
        totals.opened++;
        continue;
      }
      const step = followAlert(entry.alert, entry.memory, { finding, seen, isNew: true, now });
      if (step.changed?.state === 'FIRING' && entry.alert.state === 'PENDING') totals.confirmed++;
      if (step.changed?.state === 'RESOLVED') open.delete(alertKey(finding));
      else open.set(alertKey(finding), { alert: step.changed ?? entry.alert, memory: step.memory });
    }
  }
  return totals;
}

describe('without any drift, eleven features, prediction and confidence', () => {
  it('a look at a fresh window of 200 rows finds something at most once in twenty-five', () => {
    expect(shareOfAlarms(200, 300)).toBeLessThanOrEqual(0.04);
  });

  it('a look at 1,000 rows finds nothing', () => {
    expect(shareOfAlarms(1_000, 50)).toBe(0);
  });

  it('a moving window opens few alerts and confirms hardly any', () => {
    const streams = Array.from({ length: 5 }, (_, seed) => watchStream(seed + 1, 100));
    const total = (read: (one: { opened: number; confirmed: number }) => number) => streams.reduce((sum, one) => sum + read(one), 0);
    // 5,000 rows: 25 windows that share no row.
    expect(total((one) => one.opened)).toBeLessThanOrEqual(8);
    expect(total((one) => one.confirmed)).toBeLessThanOrEqual(1);
  });
});

describe('one window of 200 rows', () => {
  it.each([
    ['a shift of one standard deviation', (value: number) => value + 1],
    ['an inversion of a skewed value', (value: number) => -Math.exp(value)],
    ['half the spread', (value: number) => value / 2],
    ['a constant', () => 0],
  ])('shows %s, every time and in the right feature', (_, distort) => {
    const isSkewed = distort(1) < -1;
    const before: Traffic = { features: 11, ...(isSkewed && { distort: Math.exp }) };
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed + 1_000);
      const profile = aProfile(referenceRows, random, before);
      const findings = lookAt(
        profile,
        Array.from({ length: 200 }, () => aRow(random, { features: 11, distort })),
      );
      expect(findings.find((finding) => finding.feature === 'f0')).toMatchObject({ drifted: true, severity: 'HIGH' });
    }
  });
});
