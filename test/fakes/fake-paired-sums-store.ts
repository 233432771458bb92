import type { PairedArm, PairedSumsStore } from '../../src/experiments/paired-sums';
import { everyone, type Segment } from '../../src/experiments/segment';

/** Pairs by experiment key, of all units; none for the others and for segments. */
export class FakePairedSumsStore implements PairedSumsStore {
  readonly pairs = new Map<string, readonly PairedArm[]>();

  async read(experiment: string, segment: Segment): Promise<readonly PairedArm[]> {
    return segment === everyone ? (this.pairs.get(experiment) ?? []) : [];
  }
}
