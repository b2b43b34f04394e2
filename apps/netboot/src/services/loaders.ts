import type { BootDecision, BootFacts, BootSource, BootView } from '#core';
import { decideBoot } from '#core';
import { findLoaders, placeLoaders } from '#netio';
import type { Log } from '#app';

/** How often the loaders among the boot files are looked for, in milliseconds: somebody may put one there. */
const LOOK_EVERY_MS = 10_000;

/**
 * The boot view together with the loaders that are among the boot files, so that nothing is advertised which could not
 * be loaded. What DHCP, TFTP and HTTP say about booting comes from here.
 */
export class BootDecisions {
  private loaders: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | null = null;
  readonly source: BootSource;

  constructor(
    view: BootView,
    private readonly root: string,
    private readonly log: Log,
  ) {
    const loaders = (): ReadonlySet<string> => this.loaders;
    this.source = {
      machineByMac: (mac) => view.machineByMac(mac),
      machineByUuid: (uuid) => view.machineByUuid(uuid),
      bootenv: (name) => view.bootenv(name),
      get services() {
        return view.services;
      },
      get loaders() {
        return loaders();
      },
    };
  }

  async start(): Promise<void> {
    await this.place();
    await this.look();
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  readonly decide = (facts: BootFacts): BootDecision => decideBoot(facts, this.source);

  /** Debian's iPXE, and its signed loaders where they are installed, become boot files. */
  private async place(): Promise<void> {
    try {
      const placed = await placeLoaders(this.root);
      const fresh = placed.filter(({ was }) => was === 'placed').map(({ name, sha256 }) => `${name} ${sha256}`);
      if (fresh.length > 0) this.log.info('loaders were put among the boot files', { placed: fresh });
      if (placed.length === 0)
        this.log.warn('no loader is installed on this host: install the Debian package ipxe', {
          boot_files: this.root,
        });
    } catch (cause) {
      this.log.error('loaders cannot be put among the boot files', cause);
    }
  }

  private async look(): Promise<void> {
    try {
      const loaders = await findLoaders(this.root);
      if (loaders.size !== this.loaders.size || [...loaders].some((name) => !this.loaders.has(name)))
        this.log.info('loaders among the boot files', { loaders: [...loaders].sort() });
      this.loaders = loaders;
    } catch (cause) {
      this.log.error('the boot files cannot be looked at', cause);
    }
  }
}
