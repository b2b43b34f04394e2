/** Thrown where the program itself is wrong. Never caught to steer; it ends the unit of work and is logged once, whole. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Asserts what must hold. `message` says what was found, with ids: it is the only trace left. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}
