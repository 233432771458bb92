import { type CeilingCell, type Cell, cellRatio, cellSpread, failuresOf, type Results } from './results';
import { ratioOf, spreadOf } from './spread';
import { figure, table, withRange } from './table';
import type { Workload } from './workload';

const header = [
  'loop',
  'server',
  'ok/s (range)',
  'p50 ms',
  'p95',
  'p99',
  'CPU us',
  'of it db',
  'loop p99',
  'health p99',
  'client us',
  'failed',
];
const overloadHeader = [
  'offered',
  'server',
  'good/s (range)',
  'of peak',
  'late/s',
  'p50 ms',
  'p95',
  'p99',
  'CPU us',
  'loop p99',
  'health p99',
  'refused or failed',
];

/** The text that a person reads: a table a workload, then the ratios. */
export function reportLines(results: Results, workloads: readonly Workload[]): readonly string[] {
  return workloads.flatMap((workload) => {
    const cells = results.cells.filter((cell) => cell.workload === workload.name);
    const steady = cells.filter((cell) => !isOverload(cell)).sort((a, b) => a.loop.localeCompare(b.loop, undefined, { numeric: true }));
    const overload = cells.filter(isOverload);
    const ratios = ratioRows(results, workload, steady);
    return [
      '',
      `${workload.name}: ${workload.title}`,
      ...ceilingLines(results, workload),
      ...(steady.length > 0 ? [table(header, steady.map(steadyRow))] : []),
      ...(overload.length > 0
        ? [
            '',
            table(
              overloadHeader,
              overload.map((cell) => overloadRow(results, cell)),
            ),
          ]
        : []),
      ...(ratios.length > 0 ? ['', table(['ratio (range over rounds)', 'loop', 'ok/s', 'CPU us', 'p50', 'p99', ''], ratios)] : []),
    ];
  });
}

function isOverload({ loop }: Cell): boolean {
  return loop.includes('overload');
}

function ceilingLines(results: Results, { name }: Workload): readonly string[] {
  const cells = results.ceilingsOf(name);
  if (cells.length === 0) return [];
  return [`  ceiling: ${cells.map(ceilingText).join('; ')}`];
}

function ceilingText({ batchSize, rounds }: CeilingCell): string {
  const perSecond = withRange(spreadOf(rounds.map((round) => round.perSecond)));
  return `batch ${batchSize}: ${perSecond}/s, ${figure(spreadOf(rounds.map((round) => round.cpuUs))?.median)} CPU us`;
}

function median(cell: Cell, field: Parameters<typeof cellSpread>[1]): string {
  return figure(cellSpread(cell, field)?.median);
}

function steadyRow(cell: Cell): readonly string[] {
  const latencies = (['p50Ms', 'p95Ms', 'p99Ms'] as const).map((field) => median(cell, field));
  const costs = (['cpuUs', 'databaseUs', 'loopDelayP99Ms', 'healthP99Ms', 'generatorCpuUs'] as const).map((field) => median(cell, field));
  return [cell.loop, cell.contender, withRange(cellSpread(cell, 'okPerSecond')), ...latencies, ...costs, failureText(cell)];
}

function overloadRow(results: Results, cell: Cell): readonly string[] {
  const peak = results.peak(cell.workload, cell.contender);
  const good = spreadOf(cell.rounds.map((round) => (peak === null ? null : round.inTimePerSecond / peak)));
  const late = spreadOf(cell.rounds.map((round) => round.okPerSecond - round.inTimePerSecond));
  const figures = (['p50Ms', 'p95Ms', 'p99Ms', 'cpuUs', 'loopDelayP99Ms', 'healthP99Ms'] as const).map((field) => median(cell, field));
  return [
    cell.loop,
    cell.contender,
    withRange(cellSpread(cell, 'inTimePerSecond')),
    withRange(good),
    figure(late?.median),
    ...figures,
    failureText(cell),
  ];
}

function failureText(cell: Cell): string {
  const failures = Object.entries(failuresOf(cell)).map(([name, count]) => `${count} ${name}`);
  return failures.length === 0 ? '0' : failures.join(', ');
}

function ratioRows(results: Results, workload: Workload, cells: readonly Cell[]): readonly (readonly string[])[] {
  const ours = cells.filter((cell) => cell.contender.startsWith('ours'));
  return ours.flatMap((cell) => {
    const rows: (readonly string[])[] = [];
    for (const rival of ['naive', 'seed']) {
      const other = results.cell(workload.name, cell.loop, rival);
      if (other) rows.push(ratioRow(cell, other, `${cell.contender}/${rival}`));
    }
    if (cell.loop.endsWith('closed'))
      for (const ceiling of results.ceilingsOf(workload.name)) rows.push(ceilingRow(cell, ceiling, workload));
    const trivial = results.cell('trivial', cell.loop, cell.contender);
    if (trivial && workload.name === 'tabular') rows.push(ratioRow(cell, trivial, `${cell.contender}: predict/trivial`));
    const single = results.cell('tabular', cell.loop, cell.contender);
    if (single && workload.name === 'tabular-batch') rows.push(batchRow(cell, single, workload));
    return rows;
  });
}

function ratioRow(cell: Cell, other: Cell, name: string): readonly string[] {
  const ratios = (['okPerSecond', 'cpuUs', 'p50Ms', 'p99Ms'] as const).map((field) => withRange(cellRatio(cell, other, field)));
  return [name, cell.loop, ...ratios, ''];
}

function ceilingRow(cell: Cell, { batchSize, rounds }: CeilingCell, workload: Workload): readonly string[] {
  const { perSecond, cpuUs } = perRow(cell, workload);
  const rates = ratioOf(
    perSecond,
    rounds.map((round) => round.perSecond),
  );
  const costs = ratioOf(
    cpuUs,
    rounds.map((round) => round.cpuUs),
  );
  return [`${cell.contender}/ceiling at batch ${batchSize}`, cell.loop, withRange(rates), withRange(costs), '', '', ''];
}

function batchRow(cell: Cell, single: Cell, workload: Workload): readonly string[] {
  const { perSecond, cpuUs } = perRow(cell, workload);
  const rates = ratioOf(
    perSecond,
    single.rounds.map((round) => round.okPerSecond),
  );
  const costs = ratioOf(
    cpuUs,
    single.rounds.map((round) => round.cpuUs),
  );
  return [`${cell.contender}: a row in a batch/alone`, cell.loop, withRange(rates), withRange(costs), '', '', ''];
}

function perRow({ rounds }: Cell, { rowsPerRequest }: Workload) {
  return {
    perSecond: rounds.map((round) => round.okPerSecond * rowsPerRequest),
    cpuUs: rounds.map((round) => (round.cpuUs === null ? null : round.cpuUs / rowsPerRequest)),
  };
}
