import type { NotificationData } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useState } from 'react';

/**
 * Messages at the edge of the page. What draws them comes after the first page, and not only when there is something to
 * say: that may be that the server is gone.
 */
const Notifications = lazy(() =>
  import('@mantine/notifications').then(({ Notifications: component }) => ({ default: component })),
);
/** How long the first page has the wire for itself, in milliseconds. */
const AFTER_MS = 1_000;

/** Says something to whoever is there; it goes away by itself unless `autoClose` is false. */
export const say = async (message: NotificationData): Promise<void> => {
  const { notifications } = await import('@mantine/notifications');
  notifications.show(message);
};

export const Messages = () => {
  const [isTime, setTime] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setTime(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return isTime ? (
    <Suspense>
      <Notifications position="bottom-right" />
    </Suspense>
  ) : null;
};
