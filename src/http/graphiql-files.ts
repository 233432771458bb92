import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type StaticFile, staticFile } from './static-files';

/** What the page under `/graphiql` loads, from the packages that this server is installed with: it works without any network. */
const assets: readonly (readonly [packageName: string, path: string])[] = [
  ['react', 'umd/react.production.min.js'],
  ['react-dom', 'umd/react-dom.production.min.js'],
  ['graphql-ws', 'umd/graphql-ws.min.js'],
  ['graphiql', 'graphiql.min.js'],
  ['graphiql', 'graphiql.min.css'],
];

/** By URL path. */
export function readGraphiqlFiles(): ReadonlyMap<string, StaticFile> {
  return new Map(
    assets.map(([packageName, path]) => {
      // The bundles are not in the packages' export maps; package.json is, and it stands beside them.
      const root = dirname(require.resolve(`${packageName}/package.json`));
      const name = path.slice(path.lastIndexOf('/') + 1);
      return [`/graphiql/${name}`, staticFile(readFileSync(join(root, path)), name)];
    }),
  );
}
