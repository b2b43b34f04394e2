import { chmodSync, closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Nobody but the server's own account reads these. */
const MODE = 0o600;

/**
 * What the server leaves in its home for its host: the token by which automation of the same host speaks, and the one-time
 * code until it was used. Without a home nothing is kept, and the code is another one after each start.
 */
export class HostFiles {
  constructor(private readonly home: string | null) {}

  token(): string | null {
    return this.read('admin-token');
  }
  keepToken(token: string): void {
    this.write('admin-token', token);
  }

  code(): string | null {
    return this.read('setup-code');
  }
  keepCode(code: string): void {
    this.write('setup-code', code);
  }
  forgetCode(): void {
    if (this.home !== null) rmSync(join(this.home, 'setup-code'), { force: true });
  }

  private read(name: string): string | null {
    if (this.home === null) return null;
    try {
      const text = readFileSync(join(this.home, name), 'utf8').trim();
      return text === '' ? null : text;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new Error(`read ${join(this.home, name)}`, { cause: error });
    }
  }

  /** Whole or not at all, and never readable by others, not even for a moment. */
  private write(name: string, text: string): void {
    if (this.home === null) return;
    const path = join(this.home, name);
    const file = openSync(`${path}.new`, 'w', MODE);
    try {
      writeSync(file, `${text}\n`);
    } finally {
      closeSync(file);
    }
    chmodSync(`${path}.new`, MODE);
    renameSync(`${path}.new`, path);
  }
}
