import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadShipped, shippedFolder } from '#catalog';
import { CHECKOUT, openHome, startDetached, stopDetached, type Home } from '#runtime';
import { LabApi } from './api.js';

/** A tar of a barclamp is some kilobytes. */
const TAR_BYTES_MAX = 16 * 2 ** 20;

/** An Anneal that runs on this host, and how to speak to it. */
export interface Installation {
  readonly home: Home;
  readonly address: string;
  readonly api: LabApi;
}

/** Starts `anneal up` so that it goes on when we end, or finds the one that runs already. */
export const startInstallation = async (port: number | null): Promise<Installation> => {
  const home = openHome();
  const env = { ...process.env, ...(port === null ? {} : { ANNEAL_PORT: String(port) }) };
  const address = await startDetached(home, [join(CHECKOUT, 'dist/apps/cli/src/main.js'), 'up'], env);
  const token = (await readFile(join(home.path, 'admin-token'), 'utf8')).trim();
  return { home, address, api: new LabApi(address, token) };
};

export const stopInstallation = (): Promise<void> => stopDetached(openHome());

/** Imports every barclamp that ships with this version, as an operator would: an archive each. */
export const importBarclamps = async (api: LabApi): Promise<number> => {
  const documents = await loadShipped();
  for (const { name } of documents) {
    const folder = join(shippedFolder(), name);
    const { stdout } = await promisify(execFile)('tar', ['-cz', '-C', folder, '.'], {
      encoding: 'buffer',
      maxBuffer: TAR_BYTES_MAX,
    });
    await api.upload('barclamps', stdout, 'application/gzip');
  }
  return documents.length;
};
