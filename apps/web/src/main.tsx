import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './anneal.css';
import { Loader, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/query';
import { LiveProvider } from './live/live';
import { router } from './router';
import { selfQuery } from './session/session';
import { SignIn } from './session/sign-in';
import { cssVariables, theme } from './theme';

/** Whoever is signed in gets the pages, everybody else the door. */
const Entrance = () => {
  const self = useQuery(selfQuery);
  if (self.isPending) return <Loader role="status" aria-label="Loading" m="xl" />;
  return self.data ? <RouterProvider router={router} /> : <SignIn />;
};

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <LiveProvider>
          <Notifications position="bottom-right" />
          <Entrance />
        </LiveProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
