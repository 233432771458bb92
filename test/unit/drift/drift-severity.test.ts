import fc from 'fast-check';
import type { DriftSeverity } from '../../../src/drift/drift-alert';
import { isAtLeast, severityOfDrop, severityOfPValue, worstSeverity } from '../../../src/drift/drift-severity';

const severities: readonly DriftSeverity[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH'];

describe('severities', () => {
  it.each([
    [1, 'NONE'],
    [0.05, 'NONE'],
    [0.0499, 'LOW'],
    [0.025, 'LOW'],
    [0.0249, 'MEDIUM'],
    [0.005, 'MEDIUM'],
    [0.00499, 'HIGH'],
    [0, 'HIGH'],
  ])('of p %d is %s', (pValue, severity) => expect(severityOfPValue(pValue)).toBe(severity));

  it.each([
    [-0.3, 'NONE'],
    [0.05, 'NONE'],
    [0.051, 'LOW'],
    [0.1, 'LOW'],
    [0.101, 'MEDIUM'],
    [0.2, 'MEDIUM'],
    [0.201, 'HIGH'],
  ])('of a relative drop of %d is %s', (drop, severity) => expect(severityOfDrop(drop)).toBe(severity));

  it('the worst is at least as bad as each, and one of them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...severities)), (list) => {
        const worst = worstSeverity(list);
        return list.every((one) => isAtLeast(worst, one)) && (list.length === 0 ? worst === 'NONE' : list.includes(worst));
      }),
    );
  });
});
