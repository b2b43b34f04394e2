import pg from 'pg';
import { News } from '#app';
import { NEWS_CHANNEL } from './append.js';

/** How long to wait before a lost connection is made again, in milliseconds. */
const RECONNECT_MS = 500;

/** News over LISTEN, on a connection of its own that is made again when it is lost. */
export class PgNews extends News {
  constructor(private readonly url: string) {
    super();
  }

  override async listen(onNews: (last?: number) => void): Promise<{ close(): Promise<void> }> {
    let client: pg.Client | null = null;
    let closed = false;
    let timer: NodeJS.Timeout | null = null;

    const connect = async (): Promise<void> => {
      const next = new pg.Client({ connectionString: this.url, application_name: 'anneal news', keepAlive: true });
      let lost = false;
      const lose = (): void => {
        if (lost || closed) return;
        lost = true;
        client = null;
        void next.end().catch(() => undefined);
        timer = setTimeout(() => void connect().catch(lose), RECONNECT_MS);
      };
      next.on('error', lose);
      next.on('end', lose);
      next.on('notification', ({ payload }) => onNews(payload ? Number(payload) : undefined));
      try {
        await next.connect();
        await next.query(`LISTEN ${NEWS_CHANNEL}`);
      } catch {
        return lose();
      }
      if (closed) return void (await next.end().catch(() => undefined));
      client = next;
      // What happened while nobody listened is found by looking.
      onNews();
    };

    await connect();
    return {
      close: async () => {
        closed = true;
        if (timer) clearTimeout(timer);
        await client?.end();
      },
    };
  }
}
