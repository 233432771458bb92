/**
 * The rows of the units in $1, which are all different, looked up one by one: the `FROM` of a statement. With `= ANY($1)` a table that grows fast is read
 * whole for every batch until PostgreSQL has analysed it: before that it expects 200 units in all. OFFSET 0 keeps the look-ups as they are written.
 */
export function rowsOfUnits(table: 'outcome' | 'experiment_unit'): string {
  return `unnest($1::text[]) AS wanted CROSS JOIN LATERAL (SELECT * FROM ${table} WHERE unit_id = wanted OFFSET 0) AS ${table}`;
}
