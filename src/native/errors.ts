/** What can go wrong while native TensorFlow is set up, for people. */

/** A set-up that did not work: what is wrong, and what to do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  /** What the reader can do, one or two sentences. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Somebody asked for the set-up to end; nothing of it is left. */
export class SetupCancelled extends Error {
  override readonly name = 'SetupCancelled';

  constructor() {
    super('the set-up was cancelled; nothing was changed');
  }
}
