import type { ModelLabelStore } from '../../src/model-registry/model-label-store';

/** `make`: a store with nothing in it. */
export function describeModelLabelStore(name: string, make: () => ModelLabelStore | Promise<ModelLabelStore>): void {
  describe(`a model label store: ${name}`, () => {
    const champion = { model: 'digits', label: 'champion', version: '1' };
    const challenger = { model: 'digits', label: 'challenger', version: '3' };
    let store: ModelLabelStore;

    beforeEach(async () => {
      store = await make();
    });

    it('is empty at first', async () => {
      expect(await store.list()).toEqual([]);
    });

    it('moves a label that exists and makes one that does not', async () => {
      await store.set(champion);
      await store.set(challenger);
      await store.set({ ...champion, version: '2' });
      const labels = await store.list();
      expect(labels).toHaveLength(2);
      expect(labels).toEqual(expect.arrayContaining([{ ...champion, version: '2' }, challenger]));
    });

    it('writes only missing labels at registration', async () => {
      await store.set(champion);
      await store.insertMissing([{ ...champion, version: '9' }, challenger]);
      await store.insertMissing([]);
      const labels = await store.list();
      expect(labels).toHaveLength(2);
      expect(labels).toEqual(expect.arrayContaining([champion, challenger]));
    });

    it('keeps the labels of different models apart', async () => {
      await store.set(champion);
      await store.set({ ...champion, model: 'other', version: '7' });
      expect(await store.list()).toEqual(expect.arrayContaining([champion, { ...champion, model: 'other', version: '7' }]));
    });
  });
}
