import { type GraphQLObjectType, type GraphQLSchema, isUnionType } from 'graphql';

/**
 * Has the schema tell at once what a member of a union is: the one with a `code` is the failure, the other the result. TypeGraphQL would promise to tell,
 * for each of many rows, and generated code does not wait for it (docs/adr/0009).
 * @throws Error for a union that is not of a result and a failure
 */
export function resolveUnions(schema: GraphQLSchema): void {
  for (const union of Object.values(schema.getTypeMap())) {
    if (!isUnionType(union)) continue;
    const isFailure = (type: GraphQLObjectType) => 'code' in type.getFields();
    const [failure, otherFailure] = union.getTypes().filter(isFailure);
    const [result, otherResult] = union.getTypes().filter((type) => !isFailure(type));
    if (!failure || !result || otherFailure || otherResult) throw new Error(`${union.name} is not the union of a result and a failure.`);
    union.resolveType = (value: object) => ('code' in value ? failure.name : result.name);
  }
}
