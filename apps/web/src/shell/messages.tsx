import type { NotificationData } from '@mantine/notifications';
import { useEffect, useState } from 'react';

/**
 * Messages at the edge of the page. What draws them comes after the first page, and not only when there is something to
 * say: that may be that the server is gone. Where it cannot be fetched the page goes on without it, and it is asked for again.
 */
const drawn = () => import('@mantine/notifications');
type Drawn = Awaited<ReturnType<typeof drawn>>;
/** How long the first page has the wire for itself, in milliseconds. */
const AFTER_MS = 1_000;
/** Between two tries to fetch what draws messages, in milliseconds. */
const AGAIN_MS = 2_000;
/** Tries for one message; who is cut off for longer has a banner that says so. */
const TRIES_MAX = 150;

/** Says something to whoever is there; it goes away by itself unless `autoClose` is false. */
export const say = async (message: NotificationData): Promise<void> => {
  for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
    const there = await drawn().catch(() => null);
    if (there) return void there.notifications.show(message);
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
};

export const Messages = () => {
  const [there, setThere] = useState<Drawn | null>(null);
  useEffect(() => {
    let timer = setTimeout(look, AFTER_MS);
    let isWanted = true;
    function look(): void {
      drawn().then(
        (found) => isWanted && setThere(found),
        () => isWanted && (timer = setTimeout(look, AGAIN_MS)),
      );
    }
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, []);
  return there ? <there.Notifications position="bottom-right" /> : null;
};
