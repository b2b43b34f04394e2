import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import helmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AddressInfo } from 'node:net';
import { Admission } from './http/admission.js';
import type { ShippedBarclamps } from '#app';
import { loadShippedProfiles } from '#catalog';
import { isRefusal } from '#core';
import { AnswerInterceptor } from './http/answer.interceptor.js';
import { Connections } from './http/connections.js';
import { Idempotency, KEPT_MS } from './http/idempotency.js';
import { acceptBodies, BODY_BYTES_LONGEST } from './http/body.js';
import { ProblemFilter } from './http/problem.filter.js';
import { checkServed } from './http/route/route-table.js';
import { Authenticate } from './auth/authenticate.js';
import { HostFiles } from './auth/host-files.js';
import { assemble, type Assembly } from './assembly.js';
import { ServerLog } from './server-log.js';
import { ServerModule } from './server.module.js';
import { WebFiles } from './web/web-files.js';

export interface ServerOptions {
  readonly databaseUrl: string;
  /** Folder for the administrator's token and the one-time code; null keeps neither. */
  readonly home?: string | null;
  /** Barclamps to be brought into the catalog before it serves; none when absent. */
  readonly shipped?: ShippedBarclamps;
  /** Folder of the built web interface; none is served when absent. */
  readonly web?: string | null;
  /** The command line tool of this installation, by which images are built and fetched; none are when absent. */
  readonly program?: string | null;
  /** The program that knows the machines of the lab beside it; there is no lab when absent. */
  readonly lab?: string | null;
  /** Milliseconds for which a stop waits for requests that are being answered. */
  readonly stopWithinMs?: number;
  readonly log?: ServerLog;
}

export interface Server {
  /** Serves on a port (0 for any that is free) and gives it. Without an address it listens on all, IPv6 and IPv4. */
  listen(port: number, address?: string): Promise<number>;
  /** What the operator must read now: the one-time code, while there is no user. */
  readonly say: readonly string[];
  /** A token for automation on this host. */
  readonly hostToken: string;
  readonly app: NestFastifyApplication;
  readonly assembly: Assembly;
  /** Streams end at once, requests that are being answered have their time. Harmless twice. */
  stop(): Promise<void>;
}

/** Longest path parameter that the router looks at: two names and what is between them, percent-encoded. */
const PARAMETER_LENGTH_MAX = 3_200;
/** Milliseconds for which requests may go on when the server stops. */
export const STOP_WITHIN_MS = 5_000;
/** Milliseconds between two looks for answers and tokens that are old enough to be forgotten. */
const FORGET_EVERY_MS = 3_600_000;
/** Milliseconds in which a caller must have sent its request. */
const REQUEST_WITHIN_MS = 60_000;

/** Builds a server that is ready to listen. Nothing of it is global: a process may hold several. */
export const createServer = async (options: ServerOptions): Promise<Server> => {
  const log = options.log ?? new ServerLog();
  const files = new HostFiles(options.home ?? null);
  const stopping = new AbortController();
  const assembly = await assemble({
    databaseUrl: options.databaseUrl,
    home: options.home ?? null,
    files,
    program: options.program ?? null,
    lab: options.lab ?? null,
    log,
  });
  try {
    const { access, audit, records } = assembly;
    await assembly.model.installSystem.execute('setup');
    await assembly.importShippedBootenvs.execute('setup');
    await assembly.model.resealSecrets.execute();
    await assembly.model.sealKept.execute();
    if (options.shipped) {
      await importShipped(assembly, options.shipped, log);
      await importProfiles(assembly, log);
    }
    const hostToken = await access.ensureHostToken.execute(files.token());
    files.keepToken(hostToken);
    const code = await access.prepareSetup.execute(files.code());
    if (code === null) files.forgetCode();
    else files.keepCode(code);

    const admission = new Admission(new Authenticate(records, assembly.secrets));
    const filter = new ProblemFilter(log);
    const metrics = assembly.metricsOf(() => admission.inFlight);
    const adapter = adapterOf(filter, admission);
    const served: { method: string; url: string }[] = [];
    const fastify = adapter.getInstance() as unknown as FastifyInstance;
    fastify.addHook(
      'onRoute',
      ({ method, url }) => void [method].flat().forEach((each) => served.push({ method: each, url })),
    );
    const web = options.web ? await WebFiles.register(fastify, options.web) : null;
    fastify.addHook('onRequest', async (request, reply) => {
      admission.begin(request, reply);
      if (request.is404 && web?.answer(request, reply)) return reply;
      return admission.admit(request, reply);
    });
    fastify.addHook('onSend', async (request, reply, payload) => {
      await audit.record(request, reply);
      return payload;
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      metrics.count(request, reply);
      done();
    });
    acceptBodies(fastify);
    const connections = new Connections(fastify.server);

    const interceptor = new AnswerInterceptor(new Idempotency(records), audit, stopping.signal);
    const injected = [...assembly.injected, assembly.provide(metrics)];
    const app = await NestFactory.create<NestFastifyApplication>(
      ServerModule.of({ filter, interceptor, injected }),
      adapter,
      { logger: log, bodyParser: false, abortOnError: false },
    );
    await app.register(helmet as never, SECURITY_HEADERS as never);
    await app.init();
    await fastify.ready();
    checkServed(served.filter(({ method }) => method !== 'OPTIONS'));
    await assembly.start();
    const forgetting = setInterval(
      () => void records.forgetOld(KEPT_MS).catch((cause: unknown) => log.fault(cause, {})),
      FORGET_EVERY_MS,
    ).unref();

    let stopped: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      clearInterval(forgetting);
      stopping.abort(new Error('the server stops'));
      connections.closeWhenIdle();
      const late = setTimeout(() => fastify.server.closeAllConnections(), options.stopWithinMs ?? STOP_WITHIN_MS);
      await app.close();
      clearTimeout(late);
      await assembly.stop();
    };
    return {
      app,
      assembly,
      hostToken,
      say: code === null ? [] : [`One-time code for the first administrator: ${code}`],
      listen: async (port, address) => {
        await app.listen(port, address ?? '::');
        const { port: listening } = fastify.server.address() as AddressInfo;
        assembly.listensOn(listening);
        return listening;
      },
      stop: () => (stopped ??= stop()),
    };
  } catch (error) {
    await assembly.stop();
    throw error;
  }
};

const importShipped = async (assembly: Assembly, shipped: ShippedBarclamps, log: ServerLog): Promise<void> => {
  const { imported, leftAlone, refused } = await assembly.importShipped(shipped).execute('setup');
  if (imported.length > 0) log.info('barclamps of this version were imported', { imported });
  if (leftAlone.length > 0) log.info('barclamps that somebody has changed or deleted stay as they are', { leftAlone });
  for (const { name, detail } of refused)
    log.warn(`the barclamp ${name} of this version cannot be imported: ${detail}`);
};

/** Profiles of our own, so that a cloud is measured by something before anybody has imported a guideline. */
const importProfiles = async ({ model }: Assembly, log: ServerLog): Promise<void> => {
  for (const { file, text } of await loadShippedProfiles()) {
    const imported = await model.importGuideline.execute('setup', { text, kind: 'local', source: `shipped ${file}` });
    if (isRefusal(imported)) log.warn(`the profile ${file} of this version cannot be imported: ${imported.detail}`);
    else if (imported.outcome !== 'unchanged') log.info('a profile of this version was imported', { file });
  }
};

const adapterOf = (filter: ProblemFilter, admission: Admission): FastifyAdapter =>
  new FastifyAdapter({
    logger: false,
    bodyLimit: BODY_BYTES_LONGEST,
    exposeHeadRoutes: false,
    requestTimeout: REQUEST_WITHIN_MS,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX, ignoreTrailingSlash: true },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      admission.begin(request, reply);
      filter.answer(error, request, reply);
    },
  } as never);

/** Nothing is loaded from elsewhere, nothing is framed, and no other origin may read an answer: CORS stays off. */
const SECURITY_HEADERS = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      upgradeInsecureRequests: null,
    },
  },
  // Said by whoever ends TLS; over plain HTTP it would mean nothing.
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'no-referrer' },
};
