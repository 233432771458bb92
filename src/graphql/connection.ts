import { AppError } from '../errors';
import type { PageInfoType } from './page-info.type';

/** A page of a list, after the Relay connection specification. */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfoType;
}

export const maxPageSize = 100;

export const defaultPageSize = 50;

/** @throws AppError BAD_USER_INPUT */
export function toPageSize(first: number | null): number {
  const pageSize = first ?? defaultPageSize;
  if (pageSize >= 1 && pageSize <= maxPageSize) return pageSize;
  throw new AppError('BAD_USER_INPUT', `first must be from 1 to ${maxPageSize}, not ${first}.`);
}

/** Opaque to clients; `list` keeps the cursors of one list out of another. */
export function encodeCursor(list: string, position: string): string {
  return Buffer.from(`${list}:${position}`).toString('base64url');
}

/**
 * @returns the position; null without a cursor.
 * @throws AppError BAD_USER_INPUT
 */
export function decodeCursor(list: string, cursor: string | null | undefined): string | null {
  if (cursor == null) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  // Encoding again must give the same text: the decoder skips what it does not know.
  if (text.startsWith(`${list}:`) && Buffer.from(text).toString('base64url') === cursor) return text.slice(list.length + 1);
  throw new AppError('BAD_USER_INPUT', `after is not a cursor of this list. Pass the endCursor of the page before.`);
}

export interface ConnectionSource<T> {
  readonly list: string;
  readonly items: readonly T[];
  readonly hasNextPage: boolean;
  readonly after: string | null;
  readonly positionOf: (item: T) => string;
}

export function toConnection<T>({ list, items, hasNextPage, after, positionOf }: ConnectionSource<T>): Connection<T> {
  const edges = items.map((node) => ({ cursor: encodeCursor(list, positionOf(node)), node }));
  return {
    edges,
    nodes: items,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
