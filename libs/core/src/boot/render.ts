import type { Json, JsonObject } from '../base/json.js';
import type { ViewBootenv, ViewFile, ViewMachine, ViewServices, ViewTemplate } from '../boot-view/document.js';
import {
  CONTENT_PATH,
  FILES_PATH,
  GRUB_TEMPLATE,
  IMAGES_NONCE,
  NODES_PATH,
  SCRIPT_PATH,
  SCRIPT_TEMPLATE,
} from './boot-url.js';

/**
 * What one machine gets rendered: the values that its templates see, its kernel's command line, its files. The template
 * language is given as a function, so that netboot, the API's preview and tests render the same text from the same view.
 * No value of a template is a secret that lasts; what is secret has an address that works once, and the ticket of a boot is
 * worth nothing once the machine has shown it.
 */

/** Where in a template something is wrong; both counted from 1. */
export interface TemplateFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type RenderedTemplate = { readonly text: string } | { readonly fault: TemplateFault };
export type RenderTemplate = (source: string, values: JsonObject) => RenderedTemplate;

/** What is rendered for whom. */
export interface RenderSubject {
  readonly machine: ViewMachine | null;
  readonly bootenv: ViewBootenv;
  readonly services: ViewServices;
  /** Base of everything on HTTP, as this machine reaches it, without trailing slash. */
  readonly base: string;
  /** What the machine said of itself; null what it did not say. */
  readonly mac: string | null;
  readonly uuid: string | null;
  /** iPXE's words: `pcbios` or `efi`; `i386`, `x86_64`, `arm64`. */
  readonly platform: string | null;
  readonly buildArchitecture: string | null;
  readonly loaders: ReadonlySet<string>;
  /** The nonce of each secret template, by its path. */
  readonly nonces: ReadonlyMap<string, string>;
  /** Of this boot; null where none is made, as in a file that is fetched later. */
  readonly ticket?: string | null;
}

export type RenderProblem = {
  /** Which piece: the path of a template, or `parameter 3`. */
  readonly of: string;
  readonly fault: TemplateFault;
};

/** The text of one template, or what is wrong with it or with a kernel parameter. */
export const renderTemplate = (
  template: Pick<ViewTemplate, 'path' | 'source'>,
  subject: RenderSubject,
  render: RenderTemplate,
  more: JsonObject = {},
): { readonly text: string } | RenderProblem => {
  const plain = { ...withoutNulls(valuesOf(subject)), ...more };
  const params: string[] = [];
  for (const [index, source] of subject.bootenv.params.entries()) {
    const of = `parameter ${index + 1}`;
    const param = render(source, plain);
    if ('fault' in param) return { of, fault: param.fault };
    const text = param.text.trim();
    if (text === '') continue;
    const wrong = refuseParam(text);
    if (wrong) return { of, fault: { line: 1, column: 1, message: wrong } };
    params.push(text);
  }
  const rendered = render(template.source, { ...plain, params, cmdline: params.join(' ') });
  return 'fault' in rendered ? { of: template.path, fault: rendered.fault } : { text: rendered.text };
};

/** A parameter is one word of the command line: a value that brings a space along must not become a second parameter. */
const refuseParam = (text: string): string | null => {
  const isOneWord = /^[\u0021-\u007e]+$/.test(text.replaceAll(/"[\u0020\u0021\u0023-\u007e]*"/g, 'x'));
  return isOneWord ? null : 'a kernel parameter is one word of printable ASCII: put double quotes around spaces';
};

/** What is not known is not there, so that printing it is a fault; asking whether it is there is not. */
const withoutNulls = (values: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (value === null) return [];
      const isObject = typeof value === 'object' && !Array.isArray(value);
      return [[name, isObject ? withoutNulls(value as JsonObject) : value]];
    }),
  );

const valuesOf = (subject: RenderSubject): JsonObject => {
  const { machine, bootenv, services, base } = subject;
  return {
    boot: {
      url: base,
      script_url: `${base}${SCRIPT_PATH}`,
      mac: subject.mac,
      uuid: subject.uuid,
      platform: subject.platform,
      architecture: subject.buildArchitecture,
      local_loader_url: localLoaderOf(subject),
      images_url: imagesUrl(subject),
      ticket: subject.ticket ?? null,
    },
    node: machine && nodeValues(machine),
    bootenv: { name: bootenv.name, local: bootenv.local },
    kernel: bootenv.kernel && fileValues(bootenv.kernel, base),
    initrds: bootenv.initrds.map((file) => fileValues(file, base)),
    files: Object.fromEntries(
      bootenv.templates
        .filter(({ path }) => path !== SCRIPT_TEMPLATE && path !== GRUB_TEMPLATE)
        .map((template) => [template.path, templateUrl(template, subject)]),
    ),
    services: { api_url: services.apiUrl },
  };
};

const LOCAL_LOADERS: Readonly<Record<string, string>> = {
  x86_64: 'local-x64.efi',
  i386: 'local-ia32.efi',
  arm64: 'local-aa64.efi',
  arm32: 'local-arm.efi',
};

/** Where the program lies that starts the disk of a UEFI machine; null where there is none, or none is needed. */
const localLoaderOf = ({ platform, buildArchitecture, loaders, base }: RenderSubject): string | null => {
  const name = platform === 'efi' ? LOCAL_LOADERS[buildArchitecture ?? 'x86_64'] : undefined;
  return name !== undefined && loaders.has(name) ? `${base}${FILES_PATH}${name}` : null;
};

const nodeValues = (machine: ViewMachine): JsonObject => {
  const [short = machine.name, ...domain] = machine.name.split('.');
  return {
    id: machine.node,
    name: machine.name,
    short_name: short,
    domain: domain.join('.'),
    deployment: machine.deployment,
    roles: machine.roles,
    macs: machine.macs,
    uuid: machine.uuid,
    addresses: machine.addresses as unknown as Json,
    bootenv: machine.bootenv,
    secure_boot: machine.secureBoot,
    params: machine.params,
  };
};

const fileValues = (file: ViewFile, base: string): JsonObject => ({
  name: file.path.slice(file.path.lastIndexOf('/') + 1),
  /** On TFTP; GRUB wants a leading slash. */
  path: `/${file.path}`,
  url: `${base}${CONTENT_PATH}${file.sha256}`,
  sha256: file.sha256,
  bytes: file.bytes,
});

/** Name in URLs of those that are no node yet. */
export const NEW_MACHINE = 'new';

const templateUrl = ({ path, secret }: ViewTemplate, { base, machine, nonces }: RenderSubject): string | null => {
  const node = `${base}${NODES_PATH}${machine?.node ?? NEW_MACHINE}/`;
  if (!secret) return `${node}${path}`;
  const nonce = nonces.get(path);
  return nonce === undefined ? null : `${node}once/${nonce}/${path}`;
};

/** Where this machine, in this boot, gets content by its digest, put behind it; null for one that is no node yet. */
const imagesUrl = ({ base, machine, nonces }: RenderSubject): string | null => {
  const nonce = nonces.get(IMAGES_NONCE);
  return machine && nonce !== undefined ? `${base}${NODES_PATH}${machine.node}/images/${nonce}/` : null;
};

/**
 * Asks iPXE who it is, and comes again with the answer. The address is whole: iPXE would take what stands before the first
 * colon of a hardware address for the scheme of a relative one.
 */
export const entryScript = (base: string): string =>
  [
    '#!ipxe',
    `chain --replace ${base}${SCRIPT_PATH}?mac=\${netX/mac}&uuid=\${uuid}&platform=\${platform}&buildarch=\${buildarch}`,
    '',
  ].join('\n');

/** How long a message stands on the console before the machine goes on. */
const MESSAGE_SECONDS = 15;

/** Says on the console why nothing is loaded, and lets the firmware go on to its next boot entry. */
export const apologyScript = (why: string): string => {
  // What iPXE would expand or take for an operator must not reach it.
  const harmless = why.replaceAll(/[^ A-Za-z0-9.,:/_()@=+-]/g, ' ').slice(0, 500);
  return ['#!ipxe', `echo Anneal: ${harmless}`, `sleep ${MESSAGE_SECONDS}`, 'exit 1', ''].join('\n');
};

/** The same for GRUB. */
export const apologyGrub = (why: string): string =>
  [
    `echo "Anneal: ${why.replaceAll(/[^ A-Za-z0-9.,:/_()@=+-]/g, ' ').slice(0, 500)}"`,
    `sleep ${MESSAGE_SECONDS}`,
    'exit',
    '',
  ].join('\n');

/** What signed GRUB loads first: it goes on to the file of its own machine. */
export const GRUB_ENTRY_SCRIPT = 'configfile /grub/node-$net_default_mac.cfg\n';
