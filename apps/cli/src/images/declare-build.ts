import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { installedIn } from '../client/home.js';
import { leaf } from '../command/leaf.js';
import type { Terminal } from '../command/terminal.js';
import { EXIT, Stop, usage } from '../exit.js';
import { BUILDERS } from './builders.js';

const ARCHITECTURES = ['amd64', 'arm64'] as const;
const KERNELS = ['generic', 'cloud'] as const;

interface BuildOptions {
  readonly arch: string;
  readonly kernel: string;
  readonly packages?: string;
  readonly refresh?: boolean;
  readonly only?: boolean;
}

/** `anneal images build`: makes an image out of Debian packages on this host, and puts it to use. */
export const declareBuild = (images: Command, terminal: Terminal): void => {
  leaf<BuildOptions>(images, terminal, {
    usage: 'build <image>',
    summary: 'make an image out of Debian packages on this host, and put it to use',
    says: `There are ${Object.entries(BUILDERS)
      .map(([name, { says }]) => `${name}, ${says}`)
      .join(
        '; ',
      )}. What was built is kept, and built again when packages, scripts or the kernel have changed. It writes to the boot files of the Anneal that runs on this host. ANNEAL_CACHE says where images are kept, ANNEAL_MIRROR where packages come from.`,
    options: [
      ['--arch <architecture>', ARCHITECTURES.join(' or '), ARCHITECTURES[0]],
      ['--kernel <flavour>', 'generic for any machine, cloud for virtual ones alone', KERNELS[0]],
      ['--packages <names>', 'more packages for an operating system, with commas between them'],
      ['--refresh', 'look for newer packages even when somebody just has'],
      ['--only', 'build it, and leave it in the cache'],
    ],
    examples: [
      'anneal images build discovery',
      'anneal images build debian-12 --packages chrony,rsyslog',
      'anneal images build discovery --kernel cloud --only -o json',
    ],
    run: async (invocation, [image], options) => {
      const builder = Object.entries(BUILDERS).find(([name]) => name === image)?.[1];
      if (!builder)
        throw usage(`No image is called ${String(image)}.`, `There are ${Object.keys(BUILDERS).join(', ')}.`);
      const wishes = {
        architecture: oneOf(ARCHITECTURES, options.arch, '--arch'),
        kernel: oneOf(KERNELS, options.kernel, '--kernel'),
        refresh: options.refresh ?? false,
        packages: (options.packages ?? '').split(',').filter((name) => name !== ''),
        only: options.only ?? false,
      };
      await needPrograms();
      const result = await builder.build(invocation, wishes).catch((error: unknown) => {
        if (error instanceof Stop || !(error instanceof Error)) throw error;
        throw new Stop(EXIT.failed, `${String(image)} was not built: ${reasonOf(error)}`, undefined, { cause: error });
      });
      await invocation.printer.document(result);
    },
  });
};

/** A checkout installs what is missing, as its scripts do; a packaged installation depends on the packages. */
const needPrograms = async (): Promise<void> => {
  const script = join(installedIn(), 'scripts', 'need.mjs');
  if (!existsSync(script)) return;
  const { need } = (await import(pathToFileURL(script).href)) as { need: (command: string) => void };
  need('images');
};

const oneOf = <Word extends string>(words: readonly Word[], given: string, option: string): Word => {
  const found = words.find((word) => word === given);
  if (found === undefined) throw usage(`${option} ${given} is not known.`, `There are ${words.join(' and ')}.`);
  return found;
};

/** What went wrong, down to its first cause: the last sentence is the one that says what to do. */
const reasonOf = (error: Error): string =>
  error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message;
