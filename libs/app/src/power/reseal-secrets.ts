import { isRefusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { ENGINE } from '../ports/unit-of-work.js';
import { passwordBelongs } from './belongs.js';

/** Seals anew what was sealed with a key that has been replaced, so that the old key can be thrown away. Says how much. */
export class ResealSecrets {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'secrets'>) {}

  execute(): Promise<number> {
    const { secrets } = this.parts;
    if (!secrets) return Promise.resolve(0);
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      let count = 0;
      for (const { nodeId, password } of await tx.bmcs.allSealed()) {
        if (!secrets.isOld(password)) continue;
        const plain = secrets.open(password, passwordBelongs(nodeId));
        const sealed = plain === null ? null : secrets.seal(plain, passwordBelongs(nodeId));
        // Sealed by a key that nobody has any more: it stays as it is, and using it says what to do.
        if (sealed === null || isRefusal(sealed)) continue;
        await tx.bmcs.reseal(nodeId, sealed);
        count += 1;
      }
      return count;
    });
  }
}
