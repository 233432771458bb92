import { openAlertCounts, recentAccuracies } from '../../../src/drift/drift-gauges';
import { DriftHouse, shifted } from './drift-house';

describe('gauges', () => {
  it('are the accuracy of each version with labels', async () => {
    const house = new DriftHouse();
    house.label(100, 90);
    house.nowMs += 3_600_000;
    house.label(300, 300);
    const versions = ['1', '2'].map((version) => ({ model: 'digits', version }));
    expect(await recentAccuracies(house.monitor, versions)).toEqual([{ model: 'digits', version: '1', accuracy: 0.975 }]);
  });

  it('are the open alerts of each model and severity', async () => {
    const house = await new DriftHouse().withReference();
    expect(await openAlertCounts(house.monitor)).toEqual([]);
    await house.look(200, shifted);
    expect(await openAlertCounts(house.monitor)).toEqual([{ model: 'digits', severity: 'HIGH', count: 1 }]);
  });
});
