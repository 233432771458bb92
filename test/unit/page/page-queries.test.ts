import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, specifiedRules, validate } from 'graphql';
import { limitsRule, queryLimits } from '../../../src/graphql/query-limits';
import { buildSchema } from '../../../src/graphql/schema';
import { fakeServices } from '../../fakes/fake-services';

const folder = join(__dirname, '../../../web/public');
const schema = buildSchema(fakeServices());
const modules = readdirSync(folder).filter((name) => name.endsWith('.js'));

/** Every text in a module that reads as a GraphQL document. */
function documentsOf(name: string): readonly (readonly [string, string])[] {
  const source = readFileSync(join(folder, name), 'utf8');
  const texts = [...source.matchAll(/`([^`$]*(?:\$(?!\{)[^`$]*)*)`|'([^'\n]*)'/g)].map(([, long, short]) => (long ?? short ?? '').trim());
  return texts.filter((text) => /^(\{|(query|mutation|subscription)\b[^{]*\{)[\s\S]*\}$/.test(text)).map((text) => [name, text] as const);
}

const documents = modules.flatMap(documentsOf);

describe('what the page asks for', () => {
  it('is found in the modules that ask', () => {
    const asking = [
      'alerts',
      'app',
      'classifier',
      'experiment-card',
      'experiment-list',
      'export',
      'lift-series',
      'metric-words',
      'predict',
      'stats',
    ];
    expect([...new Set(documents.map(([name]) => name))].sort()).toEqual(asking.map((name) => `${name}.js`));
  });

  it.each(documents)('%s asks for what the schema has, within its limits: %s', (_name, text) => {
    expect(validate(schema, parse(text), [...specifiedRules, limitsRule(queryLimits)])).toEqual([]);
  });
});
