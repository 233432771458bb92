import type { Event } from '../../src/events/event';
import type { Durability, EventJournal } from '../../src/events/event-journal';
import { eventToJson } from '../../src/events/event-json';

/** Keeps what was appended; can be made full or broken. */
export class FakeEventJournal implements EventJournal {
  readonly appended: { readonly event: Event; readonly durability: Durability }[] = [];
  hasRoom = true;
  failure: Error | null = null;

  async append(events: readonly Event[], durability: Durability): Promise<readonly Buffer[]> {
    if (this.failure) throw this.failure;
    for (const event of events) this.appended.push({ event, durability });
    return events.map((event) => Buffer.from(eventToJson(event)));
  }

  get events(): readonly Event[] {
    return this.appended.map(({ event }) => event);
  }
}
