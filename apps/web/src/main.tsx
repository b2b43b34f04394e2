import './mantine.css';
import '@mantine/notifications/styles.css';
import './anneal.css';
import { Loader, MantineProvider } from '@mantine/core';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query';
import { LiveProvider } from './live/live';
import { router } from './router';
import { selfQuery } from './session/session';
import { Messages } from './shell/messages';
import { cssVariables, theme } from './theme';

// Whoever is signed in does not wait for the door.
const SignIn = lazy(() => import('./session/sign-in').then(({ SignIn: component }) => ({ default: component })));

/** Whoever is signed in gets the pages, everybody else the door. */
const Entrance = () => {
  const self = useQuery(selfQuery);
  const loading = <Loader role="status" aria-label="Loading" m="xl" />;
  if (self.isPending) return loading;
  return <Suspense fallback={loading}>{self.data ? <RouterProvider router={router} /> : <SignIn />}</Suspense>;
};

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <Messages />
          <Entrance />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
