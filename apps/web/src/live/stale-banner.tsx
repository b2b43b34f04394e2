import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useIsCutOff } from './live';

/** Says that what is shown may be old, for as long as it may be. */
export const StaleBanner = () =>
  useIsCutOff() ? (
    <Alert
      role="status"
      color="yellow"
      icon={<IconPlugConnectedX aria-hidden />}
      title="No news from the server"
      data-testid="stale"
    >
      What you see may be old. It connects again by itself, and nothing that happened meanwhile is missed.
    </Alert>
  ) : null;
