import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { selfSigned, type SelfSigned } from './certificate.js';
import { RedfishEmulator } from './emulator.js';
import { PRODUCTS, type Lies, type ProductName } from './lies.js';
import { CommandMachine } from './machine.js';

/**
 * The emulated BMC as a program: `node dist/libs/testkit/src/redfish/program.js SETTINGS.json`. The settings are a file,
 * because the password is among them: { address, port, user, password, uuid, product, lies, chassis }, where `chassis` is
 * the command and its first arguments that ipmi_sim would be given as its chassis control. Once it listens it prints one
 * line of JSON: { port, certificate }, the SHA-256 to pin; key and certificate are kept beside the settings and are the same
 * after a restart. It ends on SIGTERM.
 */
interface Settings {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly uuid?: string;
  readonly product?: ProductName;
  readonly lies?: Partial<Lies>;
  readonly chassis: readonly string[];
}

const main = async (): Promise<void> => {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('usage: program.js SETTINGS.json');
  const { chassis, product, lies, ...settings } = JSON.parse(readFileSync(path, 'utf8')) as Settings;
  const known: Partial<Lies> = PRODUCTS[product ?? 'honest'];
  const emulator = await RedfishEmulator.start({
    ...settings,
    identity: identityAt(`${path}.identity`),
    machine: new CommandMachine(chassis),
    lies: { ...known, ...lies },
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, () => void emulator.stop().then(() => process.exit(0)));
  console.log(JSON.stringify({ port: emulator.port, certificate: emulator.identity.sha256 }));
};

const identityAt = (path: string): SelfSigned => {
  if (!existsSync(path)) writeFileSync(path, JSON.stringify(selfSigned('bmc')), { mode: 0o600 });
  return JSON.parse(readFileSync(path, 'utf8')) as SelfSigned;
};

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
