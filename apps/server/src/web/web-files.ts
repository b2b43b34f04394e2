import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * The built web interface. Its files have addresses of their own; any other address that a browser goes to is a page of
 * the interface, which finds out itself what it shows. The API's addresses are never answered from here, so that a mistyped
 * one stays a problem document. The build has packed them, and browsers that can unpack get them so.
 */
const PAGE = 'index.html';
/** Built files have the digest of their content in their names. */
const FOREVER = 'public, max-age=31536000, immutable';
const NOT_OURS = /^\/(api|healthz|readyz|metrics)(\/|$)/;

export class WebFiles {
  private constructor(private readonly files: ReadonlySet<string>) {}

  /** Reads which files there are. Without a built interface nothing is served, and the API goes on as it is. */
  static async register(fastify: FastifyInstance, folder: string): Promise<WebFiles> {
    if (!existsSync(join(folder, PAGE))) return new WebFiles(new Set());
    await fastify.register(
      fastifyStatic as never,
      { root: folder, serve: false, cacheControl: false, preCompressed: true } as never,
    );
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !/\.(map|gz)$/.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    return new WebFiles(new Set(files));
  }

  /** Answers a request that no route of the API is for; false when it is not for us either. */
  answer(request: FastifyRequest, reply: FastifyReply): boolean {
    if (this.files.size === 0 || !['GET', 'HEAD'].includes(request.method)) return false;
    const path = new URL(request.url, 'http://anneal').pathname;
    if (NOT_OURS.test(path)) return false;
    const file = path.slice(1);
    const isFile = this.files.has(file);
    if (!isFile && !(request.headers.accept ?? '').includes('text/html')) return false;
    void reply
      .header('cache-control', isFile && file.startsWith('assets/') ? FOREVER : 'no-cache')
      .sendFile(isFile ? file : PAGE);
    return true;
  }
}
