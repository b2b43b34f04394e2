import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { lockExclusively } from '../socket/native.js';

/** Keeps a second process out of a folder for as long as this one lives; the kernel lets go when it dies. */
export class FolderLock {
  private constructor(private readonly descriptor: number) {}

  /** Throws when somebody else has the folder. */
  static take(folder: string): FolderLock {
    const descriptor = openSync(join(folder, 'lock'), constants.O_CREAT | constants.O_RDWR, 0o600);
    if (lockExclusively(descriptor)) return new FolderLock(descriptor);
    closeSync(descriptor);
    throw new Error(
      `${folder} is in use by another process: stop the other netboot first, or give this one its own folder`,
    );
  }

  release(): void {
    closeSync(this.descriptor);
  }
}
