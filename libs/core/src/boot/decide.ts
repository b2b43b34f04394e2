import type { ViewBootenv, ViewMachine, ViewServices } from '../boot-view/document.js';
import {
  architectureOfVendorClass,
  clientArchitecture,
  CLIENT_ARCHITECTURES,
  SHIPPED_LOADERS,
  type ClientArchitecture,
} from './architecture.js';
import { FILES_PATH, httpBase, SCRIPT_PATH, tftpUrl } from './boot-url.js';
import type { BootDecision, BootFacts } from './decision.js';

/**
 * What a machine boots. One function for DHCPv4, DHCPv6, proxyDHCP, the script over HTTP and `explain boot`, so that they
 * cannot disagree. It says which file comes first; what is rendered for the node afterwards follows from its boot
 * environment. It never chooses a boot environment other than the view's, and never sends a name that it does not know to
 * be there.
 */

/** What of the boot view a decision looks at; `BootView` is one. */
export interface BootSource {
  machineByMac(mac: string): ViewMachine | undefined;
  machineByUuid(uuid: string): ViewMachine | undefined;
  bootenv(name: string): ViewBootenv | undefined;
  readonly services: ViewServices;
  /** Names of the loaders among the boot files; those that are shipped, where nobody looked. */
  readonly loaders?: ReadonlySet<string> | undefined;
}

export interface ChosenBootenv {
  readonly name: string;
  /** Null when nobody described it. */
  readonly bootenv: ViewBootenv | null;
  readonly machine: ViewMachine | null;
  readonly reasons: readonly string[];
}

/** The machine that asks, and the boot environment that it gets. */
export const chooseBootenv = (facts: Pick<BootFacts, 'mac' | 'uuid'>, view: BootSource): ChosenBootenv => {
  const byMac = facts.mac === null ? undefined : view.machineByMac(facts.mac);
  const machine = byMac ?? (facts.uuid === null ? undefined : view.machineByUuid(facts.uuid)) ?? null;
  const name = machine?.bootenv || view.services.unknownBootenv;
  const bootenv = view.bootenv(name) ?? null;
  const reasons = [
    machine
      ? `it is ${machine.name}, known by its ${byMac ? `address ${facts.mac}` : `UUID ${facts.uuid}`}`
      : `no machine has ${facts.mac === null && facts.uuid === null ? 'no address and no UUID' : [facts.mac, facts.uuid].filter(Boolean).join(' or ')}, so it is new`,
    machine?.bootenv
      ? `its boot environment is ${name}`
      : `${machine ? 'it asked for no boot environment' : 'new machines get'}${machine ? `, so it gets ${name}` : ` ${name}`}`,
  ];
  return { name, bootenv, machine, reasons: [...reasons, ...complaints(name, bootenv)] };
};

const complaints = (name: string, bootenv: ViewBootenv | null): readonly string[] => {
  if (!bootenv) return [`boot environment ${name} is not described: make it with \`anneal bootenvs create\``];
  return bootenv.errors.map((error) => `boot environment ${name} cannot be used: ${error}`);
};

/** What the firmware, or iPXE, gets from us now. */
export const decideBoot = (facts: BootFacts, view: BootSource): BootDecision => {
  const said = facts.vendorClass ?? '';
  const isHttpClient = said.startsWith('HTTPClient');
  const asksToBoot =
    facts.via === 'script' ||
    facts.via === 'tftp' ||
    facts.ipxe ||
    isHttpClient ||
    said.startsWith('PXEClient') ||
    // U-Boot and others send the architecture alone (RFC 4578 §2.1 asks for more, RFC 5970 §3.3 does not).
    facts.architecture !== null;
  if (!asksToBoot)
    return {
      boot: 'nothing',
      machine: null,
      bootenv: null,
      reasons: [
        'it did not ask to boot: its vendor class is neither PXEClient nor HTTPClient, and it told no architecture',
      ],
    };

  const chosen = chooseBootenv(facts, view);
  const loaders = view.loaders ?? SHIPPED_LOADERS;
  const code = facts.architecture ?? architectureOfVendorClass(said);
  const architecture = code === null ? null : clientArchitecture(code);
  const known = { machine: chosen.machine, bootenv: chosen.name };
  const nothing = (...why: string[]): BootDecision => ({
    boot: 'nothing',
    ...known,
    reasons: [...chosen.reasons, ...why],
  });
  const script = (...why: string[]): BootDecision => ({
    boot: 'url',
    url: `${httpBase(facts.server, facts.httpPort)}${SCRIPT_PATH}`,
    ...known,
    reasons: [...chosen.reasons, ...why],
  });
  const send = (name: string, ...why: string[]): BootDecision => {
    const reasons = [...chosen.reasons, ...why];
    if (architecture?.transport === 'http' || isHttpClient)
      return { boot: 'url', url: `${httpBase(facts.server, facts.httpPort)}${FILES_PATH}${name}`, ...known, reasons };
    // DHCPv6 knows URLs only (RFC 5970 §3.1).
    if (facts.family === 6) return { boot: 'url', url: tftpUrl(facts.server, name), ...known, reasons };
    return { boot: 'file', file: name, ...known, reasons };
  };

  // The disk of a UEFI machine is started by a program; BIOS disks can be started by iPXE itself.
  const localLoader = architecture?.localLoader ?? null;
  const isLocal = chosen.bootenv?.local === true;
  const secure = chosen.machine?.secureBoot === true;
  const lacksLocal = isLocal && !secure && localLoader !== null && !loaders.has(localLoader);
  if (lacksLocal)
    return nothing(
      `to start the disk of a UEFI machine it takes ${localLoader}, which is not among the boot files; without a boot file the firmware goes on to its next boot entry`,
    );

  if (facts.via === 'script') return script('iPXE fetches its script');
  if (facts.ipxe) return script('iPXE asks, so it gets the address of its script');

  if (code === null) return nothing('it did not tell its architecture');
  if (!architecture)
    return nothing(`nothing can be loaded into architecture ${code}: there is no loader for it in the table`);
  const firmware = `its architecture is ${code}, ${architecture.name}`;
  if (secure) {
    const { shim, signedGrub } = architecture;
    if (!shim || !signedGrub) return nothing(firmware, 'it has secure boot on, and there is no signed loader for it');
    if (architecture.transport === 'http' || isHttpClient)
      return nothing(
        firmware,
        'it has secure boot on, and the signed GRUB cannot load over HTTP: let its firmware boot by PXE',
      );
    const missing = [shim, signedGrub].filter((name) => !loaders.has(name));
    if (missing.length > 0)
      return nothing(firmware, `it has secure boot on, and the boot files lack ${missing.join(' and ')}`);
    return send(shim, firmware, 'it has secure boot on, so it gets the signed shim over TFTP');
  }
  const { loader } = architecture;
  if (!loaders.has(loader)) return nothing(firmware, `its loader ${loader} is not among the boot files: put it there`);
  return send(loader, firmware, `so it gets ${loader}${architecture.transport === 'http' ? ' over HTTP' : ''}`);
};

export interface Advertised {
  readonly boot: 'file' | 'url';
  /** Name on TFTP, or URL. */
  readonly name: string;
  /** The first combination that is answered with it, for messages. */
  readonly for: string;
}

/**
 * Every file name and URL that `decideBoot` can answer with on this address, found by asking it for every architecture,
 * with and without iPXE, secure boot and local boot. A test that fetches them all proves that nothing is advertised which
 * is not served.
 */
export const listAdvertised = (
  view: BootSource,
  at: { readonly server: string; readonly httpPort: number; readonly family: 4 | 6 },
): readonly Advertised[] => {
  const found = new Map<string, Advertised>();
  for (const architecture of CLIENT_ARCHITECTURES)
    for (const source of situations(view))
      for (const ipxe of [false, true]) {
        const decision = decideBoot(factsOf(architecture, ipxe, at), source);
        if (decision.boot === 'nothing') continue;
        const name = decision.boot === 'file' ? decision.file : decision.url;
        if (!found.has(name))
          found.set(name, { boot: decision.boot, name, for: `${architecture.name}${ipxe ? ', iPXE' : ''}` });
      }
  return [...found.values()];
};

const factsOf = (
  { code, transport }: ClientArchitecture,
  ipxe: boolean,
  at: { readonly server: string; readonly httpPort: number; readonly family: 4 | 6 },
): BootFacts => ({
  via: at.family === 4 ? 'dhcp4' : 'dhcp6',
  ...at,
  architecture: code,
  vendorClass: `${transport === 'http' ? 'HTTP' : 'PXE'}Client:Arch:${String(code).padStart(5, '0')}:UNDI:003000`,
  ipxe,
  mac: '02:00:00:00:00:01',
  uuid: null,
});

/** The view as it looks to a new machine, and to machines in each situation that the decision distinguishes. */
const situations = (view: BootSource): readonly BootSource[] => {
  const seenBy = (machine: ViewMachine | undefined, bootenv: ViewBootenv): BootSource => ({
    machineByMac: () => machine,
    machineByUuid: () => undefined,
    bootenv: () => bootenv,
    services: view.services,
    ...(view.loaders ? { loaders: view.loaders } : {}),
  });
  const some = (secureBoot: boolean): ViewMachine => ({
    node: '' as ViewMachine['node'],
    name: 'any',
    deployment: '',
    roles: [],
    macs: [],
    uuid: null,
    addresses: [],
    bootenv: 'any',
    secureBoot,
    params: {},
  });
  const env = (local: boolean): ViewBootenv => ({
    name: 'any',
    kernel: null,
    initrds: [],
    params: [],
    templates: [],
    local,
    errors: [],
  });
  return [undefined, some(false), some(true)].flatMap((machine) => [
    seenBy(machine, env(false)),
    seenBy(machine, env(true)),
  ]);
};
