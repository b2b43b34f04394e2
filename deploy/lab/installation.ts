import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT, openHome, startDetached, stopDetached, type Home } from '#runtime';
import { LabApi } from './api.js';

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
