import { askSecret } from '../command/confirm.js';
import { leaf, type Declare } from '../command/leaf.js';
import { parseCount } from '../command/number.js';
import { byFields } from '../output/printer.js';
import { passwordFromStdin } from './users-password.js';

const LOOK = {
  columns: [
    { field: 'address' },
    { field: 'protocols' },
    { field: 'user' },
    { field: 'origin' },
    { field: 'verified_at', head: 'VERIFIED' },
    { field: 'certificate', wide: true },
    { field: 'system', wide: true },
  ],
  nameOf: byFields('address'),
};

interface SetOptions {
  readonly address: string;
  readonly user: string;
  readonly passwordStdin?: boolean;
  readonly keepPassword?: boolean;
  readonly protocol?: readonly string[];
  readonly redfishPort?: string;
  readonly ipmiPort?: string;
  readonly cipherSuite?: string;
  readonly certificate?: string;
  readonly system?: string;
}

/** `anneal nodes bmc`: how the BMC of a node is reached. Its password is asked for or piped in, and is never shown. */
export const declareBmc: Declare = (nodes, terminal) => {
  const bmc = nodes
    .command('bmc')
    .summary('how the BMC of a node is reached')
    .description('How the BMC of a node is reached.')
    .helpCommand(false);

  leaf(bmc, terminal, {
    usage: 'show <node>',
    summary: 'show how the BMC of a node is reached',
    run: async ({ client, printer }, [node]) => {
      const params = { key: String(node) };
      await printer.one(await client.get<Record<string, unknown>>('power.bmc', { params }), LOOK);
    },
  });

  leaf<SetOptions>(bmc, terminal, {
    usage: 'set <node>',
    summary: 'say how the BMC of a node is reached',
    says: 'The password is asked for. It is kept sealed, and nobody is shown it again; the BMC itself is not changed.',
    needed: [
      ['--address <address>', 'IPv4 or IPv6 address of the BMC'],
      ['--user <user>', 'who logs in there'],
    ],
    options: [
      ['--password-stdin', 'read the password from stdin'],
      ['--keep-password', 'the password stays the one that is kept'],
      ['--protocol <protocol...>', 'redfish or ipmi; may be given twice'],
      ['--redfish-port <port>', '443 at first'],
      ['--ipmi-port <port>', '623 at first'],
      ['--cipher-suite <number>', 'of IPMI; 3 at first'],
      ['--certificate <sha256>', 'SHA-256 of its TLS certificate; `any` has the next contact pin what it finds'],
      ['--system <path>', 'its ComputerSystem, where one Redfish service has several'],
    ],
    examples: ['anneal nodes bmc set node-7 --address 10.0.9.7 --user admin --protocol redfish'],
    run: async (invocation, [node], options) => {
      const { client, printer } = invocation;
      const password = options.keepPassword
        ? undefined
        : options.passwordStdin
          ? await passwordFromStdin(invocation)
          : await askSecret(invocation, 'Password of the BMC: ');
      const set = await client.send<Record<string, unknown>>('power.setBmc', {
        params: { key: String(node) },
        body: {
          address: options.address,
          user: options.user,
          ...(password === undefined ? {} : { password }),
          ...(options.protocol ? { protocols: options.protocol } : {}),
          ...(options.redfishPort
            ? { redfish_port: parseCount(options.redfishPort, '--redfish-port', { min: 1, max: 65_535 }) }
            : {}),
          ...(options.ipmiPort
            ? { ipmi_port: parseCount(options.ipmiPort, '--ipmi-port', { min: 1, max: 65_535 }) }
            : {}),
          ...(options.cipherSuite
            ? { cipher_suite: parseCount(options.cipherSuite, '--cipher-suite', { min: 0, max: 255 }) }
            : {}),
          ...(options.certificate
            ? {
                certificate:
                  options.certificate === 'any' ? null : options.certificate.replaceAll(':', '').toLowerCase(),
              }
            : {}),
          ...(options.system ? { system: options.system } : {}),
        },
      });
      await printer.row(set.body, LOOK);
    },
  });

  leaf(bmc, terminal, {
    usage: 'forget <node>',
    summary: 'forget how the BMC of a node is reached; on the BMC nothing changes',
    run: async ({ client, progress }, [node]) => {
      const gone = await client.send<{ deleted: string }>('power.forgetBmc', { params: { key: String(node) } });
      progress.line(`the BMC at ${gone.body.deleted} is forgotten`);
    },
  });
};
