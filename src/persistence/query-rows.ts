import type { DataSource, QueryRunner } from 'typeorm';

/** Rows of any statement, RETURNING included (TypeORM's plain `query` gives UPDATE and DELETE another shape). */
export async function queryRows<Row>(
  connection: QueryRunner | DataSource,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  if ('createQueryRunner' in connection) {
    const runner = connection.createQueryRunner();
    try {
      return await queryRows<Row>(runner, sql, parameters);
    } finally {
      await runner.release();
    }
  }
  return (await connection.query(sql, [...parameters], true)).records as Row[];
}

/**
 * Binds `rows` as $1, for `jsonb_to_recordset($1)`: one parameter for any number of rows and columns, and less work than one array a column
 * (which would quote every string twice).
 */
export function asRecordset(rows: readonly object[]): string {
  return JSON.stringify(rows);
}
