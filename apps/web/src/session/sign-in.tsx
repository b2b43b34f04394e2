import { Button, Card, Center, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { call, perform } from '../api/call';
import { queryClient, reading } from '../api/query';
import { Refused } from '../shell/refused';

/** Signing in; and on a new installation, making the first administrator with the code from the console. */
export const SignIn = () => {
  const setup = useQuery(reading(call('get', '/api/v2/setup')));
  if (setup.isPending) return null;
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder w={420} padding="xl" radius="md">
        {setup.data?.needed ? <FirstAdministrator /> : <Login />}
      </Card>
    </Center>
  );
};

const Login = () => {
  const form = useForm({ initialValues: { name: '', password: '' } });
  const login = useMutation({
    mutationFn: (body: { name: string; password: string }) => perform(call('post', '/api/v2/sessions', { body })),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <form onSubmit={form.onSubmit((values) => login.mutate(values))}>
      <Stack>
        <Title order={1} size="h2">
          Sign in to Anneal
        </Title>
        <Refused error={login.error} />
        <TextInput label="Name" autoComplete="username" required autoFocus {...form.getInputProps('name')} />
        <PasswordInput label="Password" autoComplete="current-password" required {...form.getInputProps('password')} />
        <Button type="submit" loading={login.isPending}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
};

const FirstAdministrator = () => {
  const form = useForm({
    initialValues: { code: '', name: 'admin', password: '', again: '' },
    validate: { again: (again, { password }) => (again === password ? null : 'This is not the same password.') },
  });
  const make = useMutation({
    mutationFn: async ({ code, name, password }: typeof form.values) => {
      await perform(call('post', '/api/v2/setup', { body: { code, name, password } }));
      await perform(call('post', '/api/v2/sessions', { body: { name, password } }));
    },
    onSuccess: () => {
      // Whoever makes the first administrator has an installation before him that knows nothing yet.
      globalThis.history.replaceState(null, '', '/wizard');
      return queryClient.invalidateQueries();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack>
        <Title order={1} size="h2">
          Welcome to Anneal
        </Title>
        <Text size="sm">
          Make the first administrator. The one-time code was printed where Anneal was started, and stands in the file
          setup-code of its home folder.
        </Text>
        <Refused error={make.error} />
        <TextInput label="One-time code" required autoFocus autoComplete="off" {...form.getInputProps('code')} />
        <TextInput label="Name" required autoComplete="username" {...form.getInputProps('name')} />
        <PasswordInput label="Password" required autoComplete="new-password" {...form.getInputProps('password')} />
        <PasswordInput label="Password again" required autoComplete="new-password" {...form.getInputProps('again')} />
        <Button type="submit" loading={make.isPending}>
          Make the administrator
        </Button>
      </Stack>
    </form>
  );
};
