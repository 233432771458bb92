/** The fields that the caller filled in: GraphQL gives null for "nothing" where the features leave the field out. */
export type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], null | undefined> };

export function given<T extends object>(input: T): Given<T> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined)) as Given<T>;
}
