/** Shows what was read last, where reads may overtake each other: a slow one must not take back what a later one has shown. */
export class NewestRead {
  #begun = 0;
  #shown = 0;

  async show<T>(read: () => Promise<T>, show: (value: T) => void): Promise<void> {
    const turn = ++this.#begun;
    const value = await read();
    if (turn < this.#shown) return;
    this.#shown = turn;
    show(value);
  }
}
