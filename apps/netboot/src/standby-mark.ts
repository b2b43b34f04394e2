import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A mark on the disk: this server was stopped in order while there were others, so one of them may give out its addresses
 * now. When it starts, it waits for the database to say, and does not serve from its copy.
 */
export class StandbyMark {
  private readonly path: string;

  constructor(private readonly folder: string) {
    this.path = join(folder, 'standby');
  }

  isSet(): Promise<boolean> {
    return stat(this.path).then(
      () => true,
      () => false,
    );
  }

  async set(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o711 });
    await writeFile(this.path, '', { flush: true });
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
