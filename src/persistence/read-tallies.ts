import type { DataSource, QueryRunner } from 'typeorm';
import type { BinnedSample } from '../statistics/binned-quantile';
import { classifierTally } from './ingest/tally-changes';
import { queryRows } from './query-rows';

interface TallyRow {
  readonly variant: string;
  readonly tally: string;
  readonly cells: readonly number[];
  readonly amounts: readonly number[];
}

/** @param periods a join that leaves the periods that count, and its parameters, of which $1 is the experiment and $2 the segment. */
export async function readHistograms(
  runner: QueryRunner,
  periods: { readonly ripening: string; readonly condition: string; readonly parameters: readonly unknown[] },
): Promise<ReadonlyMap<string, Record<string, BinnedSample>>> {
  const rows = await queryRows<TallyRow>(
    runner,
    `SELECT variant, tally, cells, amounts FROM variant_tally LEFT JOIN ${periods.ripening} ON metric = tally
      WHERE experiment = $1 AND segment = $2 AND tally <> '${classifierTally}' AND (exposed_before IS NULL OR ${periods.condition})`,
    periods.parameters,
  );
  const byVariant = new Map<string, Record<string, BinnedSample>>();
  for (const [variant, tallies] of mergedTallies(rows)) {
    byVariant.set(variant, Object.fromEntries([...tallies].map(([tally, amounts]) => [tally, toSample(amounts)])));
  }
  return byVariant;
}

/** By variant. */
export async function readClassifiers(
  dataSource: DataSource,
  experiment: string,
): Promise<ReadonlyMap<string, ReadonlyMap<number, number>>> {
  const rows = await queryRows<TallyRow>(
    dataSource,
    `SELECT variant, tally, cells, amounts FROM variant_tally WHERE experiment = $1 AND segment = '' AND tally = $2`,
    [experiment, classifierTally],
  );
  return new Map([...mergedTallies(rows)].map(([variant, tallies]) => [variant, tallies.get(classifierTally) as Map<number, number>]));
}

/** By variant, tally and cell, over all periods. */
function mergedTallies(rows: readonly TallyRow[]): ReadonlyMap<string, ReadonlyMap<string, Map<number, number>>> {
  const variants = new Map<string, Map<string, Map<number, number>>>();
  for (const { variant, tally, cells, amounts } of rows) {
    const tallies = variants.get(variant) ?? new Map<string, Map<number, number>>();
    variants.set(variant, tallies);
    const known = tallies.get(tally) ?? new Map<number, number>();
    tallies.set(tally, known);
    for (const [index, cell] of cells.entries()) known.set(cell, (known.get(cell) ?? 0) + (amounts[index] as number));
  }
  return variants;
}

function toSample(amounts: ReadonlyMap<number, number>): BinnedSample {
  const bins = [...amounts.keys()].sort((a, b) => a - b);
  return { bins, units: bins.map((bin) => amounts.get(bin) as number) };
}
