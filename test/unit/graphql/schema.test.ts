import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { buildSchema, printSortedSchema } from '../../../src/graphql/schema';
import { fakeServices } from '../../fakes/fake-services';

interface Described {
  readonly name: string;
  readonly description?: string | null | undefined;
}

function membersOf(type: GraphQLNamedType): readonly Described[] {
  if (isEnumType(type)) return type.getValues();
  if (isInputObjectType(type)) return Object.values(type.getFields());
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    field,
    ...field.args.map((arg) => ({ ...arg, name: `${field.name}(${arg.name})` })),
  ]);
}

function ownTypes(schema: GraphQLSchema): readonly GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
}

const schema = buildSchema(fakeServices());

describe('the schema', () => {
  it('is the one in docs/schema.graphql (node scripts/print-schema.mjs writes it anew)', () => {
    const documented = readFileSync(join(__dirname, '../../../docs/schema.graphql'), 'utf8');
    expect(printSortedSchema(schema)).toBe(documented);
  });

  it('describes every type, field, argument, input field and enum value', () => {
    const silent = ownTypes(schema).flatMap((type) => [
      ...(type.description ? [] : [type.name]),
      ...membersOf(type).flatMap((member) => (member.description ? [] : [`${type.name}.${member.name}`])),
    ]);
    expect(silent).toEqual([]);
  });

  it('describes the directives', () => {
    expect(schema.getDirectives().filter((directive) => !directive.description)).toEqual([]);
  });

  it.each(['DateTime', 'JSONObject', 'Upload'])('has the scalar %s by that name', (name) => {
    expect(schema.getType(name)).toBeDefined();
  });

  it('has names in the usual cases', () => {
    const wrong = ownTypes(schema).flatMap((type) => [
      ...(/^[A-Z][A-Za-z0-9]*$/.test(type.name) ? [] : [type.name]),
      ...membersOf(type).flatMap(({ name }) => {
        const pattern = isEnumType(type) ? /^[A-Z][A-Z0-9_]*$/ : /^[a-z][A-Za-z0-9]*(\([a-z][A-Za-z0-9]*\))?$/;
        return pattern.test(name) ? [] : [`${type.name}.${name}`];
      }),
    ]);
    expect(wrong).toEqual([]);
  });
});
