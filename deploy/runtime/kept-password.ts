import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** The password in the file; made at random (24 bytes) with mode 600 when there is no such file. */
export function keptPassword(file: string): string {
  try {
    writeFileSync(file, randomBytes(24).toString('base64url') + '\n', { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new Error(`write ${file}`, { cause: error });
  }
  return readFileSync(file, 'utf8').trim();
}
