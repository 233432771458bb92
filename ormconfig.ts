import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/persistence/database';

/** For TypeORM's command line, after a build: `DATABASE_URL=... npx typeorm migration:show -d dist/ormconfig.js`. */
export const dataSource = new DataSource(dataSourceOptions({ url: process.env.DATABASE_URL ?? 'postgres://localhost/touchstone' }));
