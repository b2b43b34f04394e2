import { Alert, Button, Group, List, PasswordInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../act/act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import type { StepProps } from './step';

type User = components['schemas']['User'];

/** A line of authorized_keys: kind, key, and whose it is. */
const KEY = /^(ssh|ecdsa|sk)-[-@.a-z0-9]+ AAAA[A-Za-z0-9+/=]+( .*)?$/;

/** Who may use Anneal, and who may log in to the machines that it installs. */
export const PeopleStep = ({ draft, set }: StepProps) => {
  const [text, setText] = useState(draft.accessKeys.join('\n'));
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const wrong = lines.filter((line) => !KEY.test(line));
  return (
    <Stack>
      <Textarea
        label="Public keys of people who may log in to machines as root"
        description="One a line, as in authorized_keys. Anneal has its own key, which is added by itself."
        autosize
        minRows={3}
        maxRows={12}
        value={text}
        error={wrong.length > 0 ? `This is no public key: ${wrong[0]?.slice(0, 60)}` : null}
        onChange={({ currentTarget }) => {
          setText(currentTarget.value);
          set({
            accessKeys: currentTarget.value.split('\n').flatMap((line) => (KEY.test(line.trim()) ? [line.trim()] : [])),
          });
        }}
      />
      <Users />
    </Stack>
  );
};

/** People are made at once: a password belongs into no draft. */
const Users = () => {
  const users = useQuery(reading(call('get', '/api/v2/users')));
  const form = useForm({ initialValues: { name: '', role: 'operator', password: '' } });
  const doing = useAct(() => form.reset());
  return (
    <Stack gap="xs">
      <Text component="h2" fw={600}>
        Who uses Anneal
      </Text>
      <Loaded of={users}>
        {({ items }) => (
          <List size="sm">
            {(items as User[]).map(({ id, name, role }) => (
              <List.Item key={id}>
                {name}, {role}
              </List.Item>
            ))}
          </List>
        )}
      </Loaded>
      <Alert color="blue" p="xs">
        People are added at once and stand in no file; everything else waits for the review.
      </Alert>
      <form
        onSubmit={form.onSubmit(({ name, role, password }) =>
          doing.mutate({
            label: 'Add',
            call: call('post', '/api/v2/users', {
              body: { name, display: name, role: role as User['role'], password },
            }),
            command: `anneal users create ${name} role=${role}`,
            changes: ['users'],
            done: `${name} may sign in`,
          }),
        )}
      >
        <Group align="end">
          <TextInput label="Name of the person" required autoComplete="off" {...form.getInputProps('name')} />
          <Select
            label="May"
            allowDeselect={false}
            data={[
              { value: 'viewer', label: 'look' },
              { value: 'operator', label: 'work' },
              { value: 'admin', label: 'administer' },
            ]}
            {...form.getInputProps('role')}
          />
          <PasswordInput
            label="First password"
            required
            autoComplete="new-password"
            {...form.getInputProps('password')}
          />
          <Button type="submit" variant="light" loading={doing.isPending}>
            Add
          </Button>
        </Group>
      </form>
    </Stack>
  );
};
