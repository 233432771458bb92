import { Query, Resolver } from 'type-graphql';
import { maxPageSize } from '../connection';
import { queryLimits } from '../query-limits';
import type { RequestLimits, ServerInfo } from '../services';
import { ServerInfoType } from './server-info.type';

@Resolver()
export class ServerInfoResolver {
  readonly #server: ServerInfo;
  readonly #limits: RequestLimits;
  readonly #now: () => Date;

  constructor(server: ServerInfo, limits: RequestLimits, now: () => Date) {
    this.#server = server;
    this.#limits = limits;
    this.#now = now;
  }

  @Query(() => ServerInfoType, { description: 'This server: version, uptime and limits.' })
  serverInfo(): ServerInfoType {
    const { maxQueryBytes, maxDepth } = queryLimits;
    return {
      ...this.#server,
      uptimeMs: this.#now().getTime() - this.#server.startedAt.getTime(),
      limits: { ...this.#limits, maxPageSize, maxQueryBytes, maxQueryDepth: maxDepth },
    };
  }
}
