import fc from 'fast-check';
import { type LifeEvent, nextLife, type VersionLife } from '../../../src/model-registry/version-life';

const event = fc.oneof(
  fc.constant<LifeEvent<number>>({ type: 'loading' }),
  fc.nat().map<LifeEvent<number>>((loaded) => ({ type: 'loaded', loaded, at: new Date(loaded) })),
  fc.string().map<LifeEvent<number>>((error) => ({ type: 'failed', error })),
  fc.constant<LifeEvent<number>>({ type: 'unloading' }),
  fc.constant<LifeEvent<number>>({ type: 'unloaded' }),
);

/** Every life that the events lead through; those that cannot happen are left out, as no caller may send them. */
function livesOf(events: readonly LifeEvent<number>[]) {
  const lives: { readonly before: VersionLife<number>; readonly event: LifeEvent<number>; readonly after: VersionLife<number> }[] = [];
  let life: VersionLife<number> = { state: 'LOADING' };
  for (const one of events) {
    let after: VersionLife<number>;
    try {
      after = nextLife(life, one);
    } catch {
      continue;
    }
    lives.push({ before: life, event: one, after });
    life = after;
  }
  return lives;
}

const law = (holds: (step: ReturnType<typeof livesOf>[number]) => boolean) =>
  fc.assert(fc.property(fc.array(event, { maxLength: 40 }), (events) => livesOf(events).every(holds)));

describe('the life of a version', () => {
  it('has something that answers exactly while it is READY', () => {
    law(({ after }) => 'loaded' in after === (after.state === 'READY'));
  });

  it('never stops serving but by unloading', () => {
    law(({ before, event, after }) => before.state !== 'READY' || after.state === 'READY' || event.type === 'unloading');
  });

  it('serves what served before when loading it again fails, and says why', () => {
    law(({ before, event, after }) => {
      if (before.state !== 'READY' || event.type !== 'failed') return true;
      return after.state === 'READY' && after.loaded === before.loaded && after.reloadError === event.error;
    });
  });

  it('serves what was loaded last, and forgets what had failed', () => {
    law(({ event, after }) => event.type !== 'loaded' || (after.state === 'READY' && after.loaded === event.loaded && !after.reloadError));
  });

  it('comes back from anywhere but DRAINING', () => {
    law(({ after }) => {
      if (after.state === 'DRAINING') return nextLife(after, { type: 'unloaded' }).state === 'UNLOADED';
      return nextLife(nextLife(after, { type: 'loading' }), { type: 'loaded', loaded: 7, at: new Date(0) }).state === 'READY';
    });
  });

  it.each<[VersionLife<number>, LifeEvent<number>]>([
    [{ state: 'DRAINING' }, { type: 'loading' }],
    [{ state: 'UNLOADED' }, { type: 'loaded', loaded: 1, at: new Date(0) }],
    [{ state: 'LOADING' }, { type: 'unloaded' }],
  ])('refuses %j after %j', (life, one) => {
    expect(() => nextLife(life, one)).toThrow(`A version that is ${life.state} cannot be "${one.type}".`);
  });
});
