import type { QueryRunner } from 'typeorm';
import type { ExperimentAssignment } from '../../events/event';
import { assignedUnit } from '../../experiments/assigned-unit';
import type { UnitGroup } from '../../experiments/unit-group';
import { queryRows } from '../query-rows';
import { groupColumns } from './fold-exposures';
import { rowsOfUnits } from './rows-of-units';

interface Assigned {
  readonly unitId: string | null;
  readonly assignments: readonly ExperimentAssignment[];
}

/** The groups of everybody whom these predictions belong to, by `groupKey`. */
export async function readGroups(runner: QueryRunner, predictions: readonly Assigned[]): Promise<ReadonlyMap<string, UnitGroup>> {
  const named = predictions.flatMap((prediction) => prediction.assignments.map((assignment) => assignedUnit(prediction, assignment)));
  const unitIds = [...new Set(named.filter((unitId) => unitId !== null))];
  if (unitIds.length === 0) return new Map();
  const rows = await queryRows<UnitGroup & { readonly unit_id: string; readonly experiment: string }>(
    runner,
    `SELECT unit_id, experiment, ${groupColumns} FROM ${rowsOfUnits('experiment_unit')}`,
    [unitIds],
  );
  return new Map(rows.map(({ unit_id, experiment, ...group }) => [groupKey(unit_id, experiment), group]));
}

export function groupKey(unitId: string | null, experiment: string): string {
  return JSON.stringify([unitId, experiment]);
}
