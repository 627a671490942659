/**
 * The processor refused before it did anything, and will go on refusing until somebody in the office acts: a wrong key, a way of
 * paying that is not turned on. Nothing was taken and nothing given back. The message says in words what to do.
 * Whatever else a processor throws means that nobody knows yet.
 */
export class ProcessorBlocked extends Error {
  override name = 'ProcessorBlocked';
}

/** No answer, or one that says nothing: ask again later. */
export class ProcessorUnsure extends Error {
  override name = 'ProcessorUnsure';
}
