import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconMoonStars, IconSun, IconUser } from '@tabler/icons-react';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { call, perform } from '../api/call';
import { queryClient } from '../api/query';
import { StaleBanner } from '../live/stale-banner';
import { useSelf } from '../session/session';
import { AnnealMeter } from './anneal-meter';
import { PLACES } from './places';

/** What stands around every page: where one can go, how far the graph has settled, and who one is. */
export const Shell = () => {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <img src="/anneal.svg" alt="" width={24} height={24} />
            <Text fw={700}>Anneal</Text>
          </Group>
          <Group gap="sm" wrap="nowrap">
            <AnnealMeter />
            <ThemeSwitch />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {PLACES.map(({ to, label, Icon }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            active={pathname === to || pathname.startsWith(`${to}/`)}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <StaleBanner />
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
};

const ThemeSwitch = () => {
  const { setColorScheme } = useMantineColorScheme();
  const colorScheme = useComputedColorScheme('light');
  const other = colorScheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="default" onClick={() => setColorScheme(other)} aria-label={`Make it ${other}`}>
      {colorScheme === 'dark' ? <IconSun size={18} aria-hidden /> : <IconMoonStars size={18} aria-hidden />}
    </ActionIcon>
  );
};

const Person = () => {
  const self = useSelf();
  const signOut = async (): Promise<void> => {
    await perform(call('delete', '/api/v2/sessions/current'));
    queryClient.clear();
    globalThis.location.assign('/');
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton aria-label="You">
          <Group gap={6}>
            <IconUser size={18} aria-hidden />
            <Text size="sm" visibleFrom="sm">
              {self?.actor}
            </Text>
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{self?.role}</Menu.Label>
        <Menu.Item component={Link} to="/settings?tab=me">
          My password
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
