import {
  DEFAULT_SERVICES,
  hostInUrl,
  httpBase,
  isRefusal,
  renderTemplate,
  type NodeId,
  type Refusal,
  type RenderSubject,
  type ViewMachine,
} from '#core';
import { lookUp, nodeNamed } from '../named.js';
import type { ModelParts } from '../model-parts.js';
import { SILENT_AFTER_MS } from '../netboot/limits.js';
import type { NetbootServerView } from '../ports/netboot-store.js';
import type { TemplateRenderer } from '../ports/template-renderer.js';
import { readSetting } from '../setting/settings.js';
import { bootenvDocument } from './document.js';

export interface RenderedFile {
  readonly path: string;
  readonly secret: boolean;
  /** Null where it holds a secret, or where it cannot be rendered. */
  readonly text: string | null;
  readonly problem: string | null;
}

export interface RenderedBootenv {
  readonly bootenv: string;
  /** Null: as a machine gets it that is no node yet. */
  readonly node: string | null;
  /** Why netboot would not give it out. */
  readonly errors: readonly string[];
  readonly files: readonly RenderedFile[];
}

/** In the place of netboot's address where none runs: each machine is answered with the one that it reached. */
const NETBOOT = 'netboot';
/** Where the API is when nobody says: no netboot lives, and no server listens in this process. */
const API_PORT = 7_700;

/**
 * What a node would get rendered, by the same functions that serve it, as from a netboot server that lives. Secrets are
 * left out; nonces are not made.
 */
export class RenderBootenv {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'apiPort'>,
    private readonly renderer: TemplateRenderer,
  ) {}

  execute(input: {
    readonly bootenv: string;
    readonly node?: string;
    readonly platform?: string;
  }): Promise<RenderedBootenv | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const bootenv = await lookUp(
        input.bootenv,
        (k) => tx.bootenvs.find(k),
        'boot environment',
        'see `anneal bootenvs list`',
      );
      if (isRefusal(bootenv)) return bootenv;
      const node = input.node === undefined ? null : await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const [machine = null] = node ? await tx.bootView.machines([node.id as NodeId]) : [];
      const templates = new Map((await tx.templates.all()).map((template) => [template.name, template]));
      const document = bootenvDocument(bootenv, templates);
      const { host, httpPort, apiUrl } = reachedBy(await tx.netboot.servers(SILENT_AFTER_MS), machine);
      const unknownBootenv = await readSetting(tx, 'unknown_bootenv');
      const subject: RenderSubject = {
        machine,
        bootenv: document,
        services: {
          unknownBootenv,
          httpPort,
          apiUrl: apiUrl ?? `http://${hostInUrl(host)}:${this.parts.apiPort?.() ?? API_PORT}`,
        },
        base: httpBase(host, httpPort),
        mac: machine?.macs[0] ?? null,
        uuid: machine?.uuid ?? null,
        platform: input.platform ?? 'efi',
        buildArchitecture: 'x86_64',
        loaders: new Set(),
        nonces: new Map(document.templates.map(({ path }) => [path, 'NONCE'])),
        ticket: 'TICKET',
      };
      const files = document.templates.map((template): RenderedFile => {
        const { path, secret = false } = template;
        if (secret) return { path, secret, text: null, problem: null };
        const rendered = renderTemplate(template, subject, (source, values) => this.renderer.render(source, values));
        if ('text' in rendered) return { path, secret, text: rendered.text, problem: null };
        const { of, fault } = rendered;
        return {
          path,
          secret,
          text: null,
          problem: `${of}, line ${fault.line}, column ${fault.column}: ${fault.message}`,
        };
      });
      return { bootenv: bootenv.name, node: machine?.name ?? null, errors: document.errors, files };
    });
  }
}

/** The netboot server that a machine would reach, by an address of a family that it has, and where it says the API is. */
const reachedBy = (
  servers: readonly NetbootServerView[],
  machine: ViewMachine | null,
): { readonly host: string; readonly httpPort: number; readonly apiUrl: string | null } => {
  const onlyIpv6 =
    machine !== null && machine.addresses.length > 0 && machine.addresses.every(({ family }) => family === 6);
  const of = (wants: boolean) => (address: string) => address.includes(':') === wants;
  for (const { addresses, services } of servers.filter(({ state }) => state === 'live')) {
    const host = addresses.find(of(onlyIpv6)) ?? addresses[0];
    const http = services.find(({ service }) => service === 'http');
    if (host !== undefined && http?.port !== undefined)
      return { host, httpPort: http.port, apiUrl: http.apiUrl ?? null };
  }
  return { host: NETBOOT, httpPort: DEFAULT_SERVICES.httpPort, apiUrl: null };
};
