import fc from 'fast-check';
import { float8Array, jsonArray, jsonbArray, textArray, uuidArray } from '../../../src/persistence/binary-array';
import { createTestDatabase, type TestDatabase } from '../database';

describe('arrays in the binary format', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  async function roundTrip(type: string, array: Buffer): Promise<unknown[]> {
    const rows = await database.dataSource.query(`SELECT value FROM unnest($1::${type}[]) WITH ORDINALITY AS row(value, n) ORDER BY n`, [
      array,
    ]);
    return rows.map((row: { readonly value: unknown }) => row.value);
  }

  // Half pairs and U+0000 are refused at the door of the product: no column could hold them.
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\u0000'));

  it('gives PostgreSQL the texts, numbers, ids and JSON that it was given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(text)),
        fc.array(fc.double()),
        fc.array(fc.uuid()),
        fc.array(fc.dictionary(text, fc.integer())),
        async (texts, numbers, ids, values) => {
          const jsons = values.map((value) => Buffer.from(JSON.stringify(value)));
          expect(await roundTrip('text', textArray(texts))).toEqual(texts);
          expect(await roundTrip('float8', float8Array(numbers))).toEqual(numbers);
          expect(await roundTrip('uuid', uuidArray(ids))).toEqual(ids);
          expect(await roundTrip('json', jsonArray(jsons))).toEqual(values);
          expect(await roundTrip('jsonb', jsonbArray(jsons))).toEqual(values);
        },
      ),
      { numRuns: 50 },
    );
  });
});
