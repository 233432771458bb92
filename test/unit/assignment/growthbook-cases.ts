import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BucketRange } from '../../../src/assignment/bucket-ranges';

interface GrowthBookCases {
  readonly hash: [seed: string, value: string, version: 2, fraction: number][];
  readonly getBucketRange: [name: string, input: [count: number, coverage: number, weights: number[] | null], ranges: BucketRange[]][];
  readonly chooseVariation: [name: string, fraction: number, ranges: BucketRange[], index: number][];
  readonly getEqualWeights: [count: number, weights: number[]][];
  readonly evalCondition: [name: string, condition: Record<string, unknown>, attributes: Record<string, unknown>, matches: boolean][];
}

/** The SDK's own conformance cases. */
export const growthBookCases = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/assignment/growthbook-cases.json'), 'utf8'),
) as GrowthBookCases;
