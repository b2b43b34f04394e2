import type { TemplateRenderer } from '#app';
import {
  apologyGrub,
  apologyScript,
  chooseBootenv,
  decideBoot,
  GRUB_TEMPLATE,
  IMAGES_NONCE,
  isRefusal,
  renderTemplate,
  SCRIPT_TEMPLATE,
  type BootSource,
  type JsonObject,
  type Refusal,
  type RenderProblem,
  type RenderSubject,
  type ViewBootenv,
  type ViewMachine,
} from '#core';
import type { BootNonces, NonceVerdict } from './nonces.js';
import type { BootTickets } from './tickets.js';

/** What is rendered for machines: their scripts, and the files that these name. */

/** What of the boot view is looked at; `BootView` is one. */
export interface BootHttpView extends BootSource {
  machine(node: string): ViewMachine | undefined;
  /** Whose kernels and initrds are served by their digests; without it, only what lies in the store. */
  bootenvs?(): Iterable<ViewBootenv>;
}

/** Who fetches a secret file, and how. */
export interface SecretRequest {
  /** Base of everything on HTTP, as it reached us. */
  readonly base: string;
  /** Where it came from. */
  readonly client: string;
}

/**
 * What a secret template sees beyond the view, for one machine; it is fetched when the nonce is used. A refusal keeps the
 * file from being rendered.
 */
export type BootSecrets = (machine: ViewMachine, path: string, request: SecretRequest) => Promise<JsonObject | Refusal>;

/** How iPXE names itself: `platform` and `buildarch` are its words. */
export interface Asker {
  readonly mac: string | null;
  readonly uuid: string | null;
  readonly platform: string | null;
  readonly buildArchitecture: string | null;
  /** Base of everything on HTTP, as it reached us. */
  readonly base: string;
}

export interface ScriptAnswer {
  readonly text: string;
  readonly machine: ViewMachine | null;
  /** What the record of packets says: the boot environment, or why there is none. */
  readonly says: string;
}

export class RenderAnswers {
  constructor(
    private readonly view: BootHttpView,
    private readonly renderer: TemplateRenderer,
    private readonly nonces: BootNonces,
    private readonly secrets: BootSecrets,
    private readonly tickets: BootTickets | null = null,
  ) {}

  /** The script of iPXE. It always has one: where nothing can be booted, it says why. */
  async script(asker: Asker, server: { readonly address: string; readonly port: number }): Promise<ScriptAnswer> {
    const decision = decideBoot(
      {
        via: 'script',
        family: server.address.includes(':') ? 6 : 4,
        architecture: ARCHITECTURE_OF[`${asker.platform ?? ''} ${asker.buildArchitecture ?? ''}`] ?? null,
        vendorClass: null,
        ipxe: true,
        mac: asker.mac,
        uuid: asker.uuid,
        server: server.address,
        httpPort: server.port,
      },
      this.view,
    );
    if (decision.boot === 'nothing')
      return this.apology(decision.machine, decision.reasons.at(-1) ?? 'nothing to boot');
    return await this.forMachine(asker, SCRIPT_TEMPLATE, apologyScript);
  }

  /** What GRUB loads under secure boot; null when no machine has this hardware address. */
  async grub(asker: Asker): Promise<ScriptAnswer | null> {
    const { machine } = chooseBootenv(asker, this.view);
    return machine ? await this.forMachine(asker, GRUB_TEMPLATE, apologyGrub) : null;
  }

  /** A file of a node's boot environment that holds nothing secret; null when there is none of this path. */
  file(machine: ViewMachine | null, path: string, base: string): { readonly text: string } | RenderProblem | null {
    const found = this.templateOf(machine, path);
    if (!found || found.template.secret) return null;
    return renderTemplate(found.template, this.subject(found.bootenv, machine, { ...NOBODY, base }), this.render);
  }

  /**
   * A file that may be fetched once. The nonce is used up when it could be rendered, and before it is sent. `what` says
   * what became of the nonce when there is no text.
   */
  async secretFile(
    machine: ViewMachine,
    path: string,
    nonce: string,
    request: SecretRequest,
  ): Promise<{ readonly text: string } | RenderProblem | { readonly refused: string } | null> {
    const { base } = request;
    const found = this.templateOf(machine, path);
    if (!found?.template.secret) return null;
    const before = this.nonces.check(machine.node, path, nonce);
    if (before !== 'good') return { refused: spent(before) };
    const secrets = await this.secrets(machine, path, request);
    if (isRefusal(secrets)) return { refused: secrets.detail };
    const rendered = renderTemplate(
      found.template,
      this.subject(found.bootenv, machine, { ...NOBODY, base }),
      this.render,
      { secrets },
    );
    if (!('text' in rendered)) return rendered;
    const verdict = await this.nonces.use(machine.node, path, nonce);
    return verdict === 'good' ? rendered : { refused: spent(verdict) };
  }

  /** Whether a node may fetch images by this nonce. It is not used up: a large image comes in parts, and again after a fault. */
  imagesVerdict(machine: ViewMachine, nonce: string): NonceVerdict {
    return this.nonces.check(machine.node, IMAGES_NONCE, nonce);
  }

  private async forMachine(asker: Asker, path: string, apologize: (why: string) => string): Promise<ScriptAnswer> {
    const { machine, bootenv, name, reasons } = chooseBootenv(asker, this.view);
    const template = bootenv?.templates.find((each) => each.path === path);
    const why =
      !bootenv || bootenv.errors.length > 0
        ? reasons.at(-1)
        : template
          ? null
          : `boot environment ${name} has no ${path}`;
    if (!bootenv || !template || why) return this.apology(machine, why ?? name, apologize);
    const secret = machine ? bootenv.templates.filter((each) => each.secret).map((each) => each.path) : [];
    const nonces = machine
      ? await this.nonces.make(machine.node, [...secret, IMAGES_NONCE])
      : new Map<string, string>();
    const { mac, uuid } = asker;
    const ticket = this.tickets?.make({ mac, uuid, node: machine?.node ?? null, bootenv: name }) ?? null;
    const subject = { ...this.subject(bootenv, machine, asker), nonces, ticket };
    const rendered = renderTemplate(template, subject, this.render);
    if ('text' in rendered) return { text: rendered.text, machine, says: name };
    return this.apology(machine, describe(name, rendered), apologize);
  }

  private apology(machine: ViewMachine | null, why: string, apologize = apologyScript): ScriptAnswer {
    return { text: apologize(why), machine, says: why };
  }

  private templateOf(machine: ViewMachine | null, path: string) {
    const bootenv = this.view.bootenv(machine?.bootenv || this.view.services.unknownBootenv);
    const template = bootenv?.templates.find((each) => each.path === path);
    return bootenv && template ? { bootenv, template } : null;
  }

  private subject(bootenv: RenderSubject['bootenv'], machine: ViewMachine | null, asker: Asker): RenderSubject {
    return {
      ...asker,
      machine,
      bootenv,
      services: this.view.services,
      loaders: this.view.loaders ?? new Set(),
      nonces: new Map(),
    };
  }

  private readonly render = (source: string, values: JsonObject) => this.renderer.render(source, values);
}

/** Why a file is not given out, and what to do. */
export const spent = (verdict: NonceVerdict): string =>
  `the boot nonce is ${verdict}: boot the machine again to get a new one`;

const NOBODY = { mac: null, uuid: null, platform: null, buildArchitecture: null };

/** iPXE's `platform` and `buildarch` as client architectures: only whether a disk can be started depends on it here. */
const ARCHITECTURE_OF: Readonly<Record<string, number>> = {
  'pcbios i386': 0,
  'pcbios x86_64': 0,
  'efi i386': 6,
  'efi x86_64': 7,
  'efi arm32': 10,
  'efi arm64': 11,
};

export const describe = (bootenv: string, { of, fault }: RenderProblem): string =>
  `boot environment ${bootenv}: ${of}, line ${fault.line}, column ${fault.column}: ${fault.message}`;
