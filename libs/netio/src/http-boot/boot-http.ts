import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock, Log, TemplateRenderer } from '#app';
import { ContentStore } from '../boot-files/content-store.js';
import { BootNonces } from './nonces.js';
import { findNginx, Nginx } from './nginx.js';
import { RenderAnswers, type BootHttpView, type BootSecrets } from './render-answers.js';
import { BootHttpServer, type RequestReport } from './server.js';
import { BootTickets } from './tickets.js';

/**
 * HTTP boot as netboot runs it: the server with its nonces, and nginx in front of it where there is one. When nginx is
 * missing, or does not start, the server serves everything itself; a machine sees no difference but speed.
 */
export interface BootHttpOptions {
  /** Addresses to listen on. Port 0 takes a free one, and is only for the server without nginx. */
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  /** Folder of all boot files: `files` holds what TFTP serves too, `content/sha256` what is named by digest. */
  readonly root: string;
  /** Folder that is netboot's own; nonces and nginx's files lie there. */
  readonly state: string;
  readonly view: BootHttpView;
  readonly renderer: TemplateRenderer;
  readonly clock: Clock;
  readonly log: Log;
  /** What secret templates see; nothing, when it is absent. */
  readonly secrets?: BootSecrets;
  /** Seals the ticket of each boot; scripts have none, when it is absent. */
  readonly tickets?: { readonly server: string; readonly key: string };
  /** Path of nginx; null for none. Looked for when it is absent. */
  readonly nginx?: string | null;
  readonly onRequest?: (request: RequestReport) => void;
}

export class BootHttp {
  private nonces: BootNonces | null = null;
  private server: BootHttpServer | null = null;
  private nginx: Nginx | null = null;
  private rendering: RenderAnswers | null = null;
  readonly content: ContentStore;

  constructor(private readonly options: BootHttpOptions) {
    this.content = new ContentStore(options.root);
  }

  /** What is rendered for machines; TFTP serves its GRUB configurations from here. Only after `start`. */
  get answers(): RenderAnswers {
    if (!this.rendering) throw new Error('HTTP boot was not started');
    return this.rendering;
  }

  /** Whether nginx sends the files. */
  get isFronted(): boolean {
    return this.nginx !== null;
  }

  get nginxPid(): number | null {
    return this.nginx?.pid ?? null;
  }

  /** Returns where it listens, in the order of `listen`. Rejects when a port is taken. */
  async start(): Promise<readonly { readonly address: string; readonly port: number }[]> {
    const { root, state, clock, log, view, renderer, tickets, secrets = async () => ({}) } = this.options;
    await mkdir(join(root, 'files'), { recursive: true });
    await mkdir(this.content.folder, { recursive: true });
    this.nonces = await BootNonces.open(join(state, 'boot-nonces.jsonl'), clock, log);
    const sealing = tickets ? new BootTickets(tickets.server, tickets.key, clock) : null;
    this.rendering = new RenderAnswers(view, renderer, this.nonces, secrets, sealing);
    const { answers } = this;
    const program = this.options.nginx === undefined ? findNginx() : this.options.nginx;
    try {
      if (program !== null) {
        const fronted = await this.startFronted(program, answers);
        if (fronted) return fronted;
      }
      this.server = new BootHttpServer({ root, view, answers, log, frontSecret: null, ...this.reporting() });
      const ports: { address: string; port: number }[] = [];
      for (const at of this.options.listen) ports.push({ address: at.address, port: await this.server.listen(at) });
      return ports;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** What is under way may end within two seconds. */
  async close(): Promise<void> {
    await this.nginx?.stop();
    await this.server?.close();
    await this.nonces?.close();
    this.nginx = null;
    this.server = null;
    this.nonces = null;
  }

  private async startFronted(program: string, answers: RenderAnswers) {
    const { listen, root, state, view, log } = this.options;
    if (listen.some(({ port }) => port === 0)) {
      log.warn('nginx is left out: it cannot choose a port');
      return null;
    }
    const prefix = resolve(state, 'nginx');
    await mkdir(prefix, { recursive: true, mode: 0o711 });
    const backend = join(prefix, 'anneal.sock');
    await rm(backend, { force: true });
    const frontSecret = randomBytes(24).toString('base64url');
    const server = new BootHttpServer({ root, view, answers, log, frontSecret, ...this.reporting() });
    try {
      await server.listen({ socket: backend });
      // nginx's workers are nobody in particular. Who speaks to it without the secret is served like anybody.
      await chmod(backend, 0o666);
      this.nginx = await Nginx.start({ program, listen, root: resolve(root), prefix, backend, frontSecret, log });
      this.server = server;
      return listen;
    } catch (error) {
      await server.close();
      log.warn('nginx does not serve the boot files; they are served without it', { why: chainOf(error) });
      return null;
    }
  }

  private reporting() {
    const { onRequest } = this.options;
    return onRequest ? { onRequest } : {};
  }
}

const chainOf = (error: unknown): string =>
  error instanceof Error ? [error.message, ...(error.cause ? [chainOf(error.cause)] : [])].join(': ') : String(error);
