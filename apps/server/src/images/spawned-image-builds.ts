import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ImageBuilds, type IdSource, type ImageBuildView, type ImageBuildWish } from '#app';
import { isRefusal, refuse, type Refusal } from '#core';
import type { ServerLog } from '../server-log.js';

/**
 * Images by the command line tool of this installation, as a child of the server: the same work, with the same cache, that
 * `anneal images build` and `anneal images fetch` do. One at a time, since each takes all that a small host has.
 */

/** Longest time that one may take, in milliseconds: a whole system over a slow line. */
const BUILD_MS_MAX = 3 * 3_600_000;
/** Time to end after SIGTERM, in milliseconds. */
const END_MS_MAX = 5_000;
const LINES_MAX = 200;
const KEPT_MAX = 50;
/** Longest line that is kept, in characters. */
const LINE_LENGTH_MAX = 500;

interface Build extends Omit<ImageBuildView, 'lines'> {
  state: ImageBuildView['state'];
  percent: number | null;
  sha256: string | null;
  finishedAt: Date | null;
  readonly lines: string[];
  child: ChildProcess | null;
}

interface Parts {
  readonly home: string;
  /** Path of `anneal`. */
  readonly program: string;
  /** Values of the settings, by key. */
  readonly settings: () => Promise<ReadonlyMap<string, unknown>>;
  readonly ids: IdSource;
  readonly log: ServerLog;
}

export class SpawnedImageBuilds extends ImageBuilds {
  private readonly builds: Build[] = [];
  private stopped = false;

  constructor(private readonly parts: Parts) {
    super();
  }

  override list(): readonly ImageBuildView[] {
    return this.builds.map(viewOf);
  }

  override async begin(wish: ImageBuildWish): Promise<ImageBuildView | Refusal> {
    const env = await this.environment(wish);
    if (isRefusal(env)) return env;
    const running = this.builds.find(({ state }) => state === 'running');
    if (running || this.stopped)
      return refuse(
        'conflict',
        `${running?.what ?? 'the server'} is still at work: wait until it has ended, or cancel it.`,
      );
    const build: Build = {
      id: this.parts.ids.next(),
      what: 'image' in wish ? wish.image : wish.manifest,
      how: 'image' in wish ? 'build' : 'fetch',
      state: 'running',
      percent: null,
      lines: [],
      sha256: null,
      startedAt: new Date(),
      finishedAt: null,
      child: null,
    };
    this.builds.unshift(build);
    this.builds.splice(KEPT_MAX);
    this.run(build, wish, env);
    return viewOf(build);
  }

  override cancel(id: string): ImageBuildView | Refusal {
    const build = this.builds.find((each) => each.id === id);
    if (!build) return refuse('not-found', `there is no build ${id}: it may have been forgotten with a restart.`);
    if (build.state !== 'running') return refuse('wrong-state', `the build of ${build.what} has ended already.`);
    build.state = 'cancelled';
    end(build.child);
    return viewOf(build);
  }

  override async stop(): Promise<void> {
    this.stopped = true;
    const { child } = this.builds.find(({ state }) => state === 'running') ?? { child: null };
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    end(child);
    await gone;
  }

  /** What the settings say about where packages come from. */
  private async environment(wish: ImageBuildWish): Promise<NodeJS.ProcessEnv | Refusal> {
    const settings = await this.parts.settings();
    const [source, mirror, proxy] = ['package_source', 'package_mirror', 'package_proxy'].map((key) =>
      String(settings.get(key) ?? ''),
    ) as [string, string, string];
    if (source === 'offline' && 'image' in wish && mirror === '')
      return refuse(
        'conflict',
        'this installation is offline and knows no mirror: set package_mirror, or fetch a ready-made image from an address that can be reached.',
      );
    return {
      ...process.env,
      ANNEAL_HOME: this.parts.home,
      NO_COLOR: '1',
      ...(mirror === '' ? {} : { ANNEAL_MIRROR: mirror }),
      ...(proxy === '' ? {} : { http_proxy: proxy, https_proxy: proxy, NODE_USE_ENV_PROXY: '1' }),
    };
  }

  private run(build: Build, wish: ImageBuildWish, env: NodeJS.ProcessEnv): void {
    const words =
      'image' in wish
        ? ['images', 'build', wish.image]
        : ['images', 'fetch', wish.manifest, ...(wish.sha256 === null ? [] : ['--sha256', wish.sha256])];
    const child = spawn(process.execPath, [this.parts.program, ...words, '-o', 'json'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    build.child = child;
    const late = setTimeout(() => {
      build.lines.push(`it was ended after ${BUILD_MS_MAX / 60_000} minutes`);
      end(child);
    }, BUILD_MS_MAX);
    let answer = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (answer = `${answer}${text}`.slice(-65_536)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      build.lines.push(line.slice(0, LINE_LENGTH_MAX));
      if (build.lines.length > LINES_MAX) build.lines.shift();
      const percent = /(\d{1,3}) %/.exec(line)?.[1];
      if (percent !== undefined) build.percent = Math.min(100, Number(percent));
    });
    child.once('error', (error) => build.lines.push(error.message));
    child.once('close', (code) => {
      clearTimeout(late);
      build.child = null;
      build.finishedAt = new Date();
      if (build.state === 'running') build.state = code === 0 ? 'done' : 'failed';
      if (build.state === 'done') {
        build.percent = 100;
        build.sha256 = digestIn(answer);
      }
      this.parts.log.info('an image was worked on', { what: build.what, how: build.how, state: build.state });
    });
  }
}

/** Where there is no host to work on: servers that stand apart, and tests. */
export class NoImageBuilds extends ImageBuilds {
  override list(): readonly ImageBuildView[] {
    return [];
  }

  override async begin(): Promise<Refusal> {
    return refuse('unavailable', 'this server has no folder for images: use `anneal images build` on a host that has.');
  }

  override cancel(id: string): Refusal {
    return refuse('not-found', `there is no build ${id}.`);
  }

  override async stop(): Promise<void> {}
}

const viewOf = ({ child: _, lines, ...build }: Build): ImageBuildView => ({ ...build, lines: [...lines] });

/** Ends a child and those that it has started; harmless when they are gone. */
const end = (child: ChildProcess | null): void => {
  const { pid } = child ?? {};
  if (!child || pid === undefined) return;
  const tell = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended by itself.
    }
  };
  tell('SIGTERM');
  const late = setTimeout(() => tell('SIGKILL'), END_MS_MAX);
  child.once('close', () => clearTimeout(late));
};

const digestIn = (answer: string): string | null => {
  try {
    const { sha256 } = JSON.parse(answer) as { sha256?: unknown };
    return typeof sha256 === 'string' ? sha256 : null;
  } catch {
    return null;
  }
};
