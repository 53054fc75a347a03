/** Something that can be listened to; subscribing has the shape of `vscode.Event`, without needing the editor. */
export interface Subscription {
  dispose(): void;
}

export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Subscribes. A property, so that it can be handed on as an event. */
  readonly event = (listener: (value: T) => void): Subscription => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    // A copy: a listener may unsubscribe itself or others while it is told.
    for (const listener of [...this.#listeners]) listener(value);
  }
}
