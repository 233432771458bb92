import type { PerformanceBucket } from '../../../src/drift/drift-store';
import { performanceWindows } from '../../../src/drift/performance-history';

const at = (day: number, hour: number) => new Date(Date.UTC(2026, 2, day, hour));

function anHour(startedAt: Date, more: Partial<PerformanceBucket> = {}): PerformanceBucket {
  return { startedAt, predictions: 0, labelled: 0, correct: 0, confidenceSum: 0, confusion: [], ...more };
}

const cell = (truth: number, predicted: number, count: number) => ({ truth, predicted, count });

describe('performanceWindows', () => {
  it('are hours up to 7 days, oldest first', () => {
    const windows = performanceWindows([anHour(at(2, 5)), anHour(at(1, 23))], 7);
    expect(windows.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
      [at(1, 23), at(2, 0)],
      [at(2, 5), at(2, 6)],
    ]);
  });

  it('are days beyond that, with their hours added up', () => {
    const hours = [
      anHour(at(2, 5), { predictions: 10, labelled: 4, correct: 3, confidenceSum: 9, confusion: [cell(0, 0, 3), cell(0, 1, 1)] }),
      anHour(at(2, 4), { predictions: 10, labelled: 4, correct: 1, confidenceSum: 5, confusion: [cell(1, 1, 1), cell(1, 0, 3)] }),
    ];
    expect(performanceWindows(hours, 8)).toEqual([
      {
        startedAt: at(2, 0),
        endedAt: at(3, 0),
        predictions: 20,
        labelled: 8,
        accuracy: 0.5,
        // Class 0: 3 of 6 answers right, class 1: 1 of 2.
        precision: 0.5,
        // Class 0: 3 of 4 truths found, class 1: 1 of 4.
        recall: 0.5,
        averageConfidence: 0.7,
      },
    ]);
  });

  it('leave out of the mean a class that was never answered (precision) or never true (recall)', () => {
    const [window] = performanceWindows([anHour(at(1, 0), { labelled: 3, correct: 2, confusion: [cell(0, 0, 2), cell(1, 0, 1)] })], 1);
    expect(window).toMatchObject({ precision: 2 / 3, recall: 0.5 });
  });

  it('know nothing of an unlabelled hour but its confidence', () => {
    expect(performanceWindows([anHour(at(1, 0), { predictions: 2, confidenceSum: 1 })], 1)[0]).toMatchObject({
      accuracy: null,
      precision: null,
      recall: null,
      averageConfidence: 0.5,
    });
    expect(performanceWindows([anHour(at(1, 0))], 1)[0]?.averageConfidence).toBeNull();
  });
});
