import { createTestDatabase, type TestDatabase } from '../database';

describe('the database', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('has nothing left to migrate once it is open', async () => {
    expect(await database.dataSource.showMigrations()).toBe(false);
  });

  it('knows every entity as the migrations made it', async () => {
    const log = await database.dataSource.driver.createSchemaBuilder().log();
    const own = log.upQueries.filter(({ query }) =>
      database.dataSource.entityMetadatas.some(({ tableName }) => /ADD|ALTER COLUMN/.test(query) && query.includes(`"${tableName}"`)),
    );
    expect(own.map(({ query }) => query)).toEqual([]);
  });

  it('goes all the way down and up again', async () => {
    for (const _ of database.dataSource.migrations) await database.dataSource.undoLastMigration();
    expect(await database.dataSource.runMigrations()).toHaveLength(3);
  });
});
