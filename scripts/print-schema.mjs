/** Writes docs/schema.graphql anew from the code; a test compares the two. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

await import('./build.mjs');
const { buildSchema, printSortedSchema } = await import('../dist/src/graphql/schema.js');
// The shape of the API does not depend on what is behind it.
const schema = buildSchema({});
writeFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'docs', 'schema.graphql'), printSortedSchema(schema));
