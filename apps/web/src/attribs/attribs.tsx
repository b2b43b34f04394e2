import { Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyAs, useAct } from '../act/act';
import { word } from '../api/as-command';
import { call, type Call } from '../api/call';
import { sentenceOf } from '../api/problem';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { faultOf } from '../forms/fault-of';
import type { JsonSchema } from '../forms/json-schema';
import { SchemaField } from '../forms/schema-form';
import { SECRET } from '../forms/without-secrets';
import { useMayAct } from '../session/session';
import { Loaded } from '../shell/page';

type Value = components['schemas']['AttribValue'];

/** What has attributes: a node, a role, a deployment role or a noderole, by its noun in the API. */
export type AttribHolder = 'nodes' | 'roles' | 'deployment_roles' | 'node_roles';

const pathOf = (holder: AttribHolder) => `/api/v2/${holder}/{key}/attribs/{attrib}` as const;

/**
 * All attributes of something: the value that counts, and the layers that it comes from. `name` is what the command line
 * calls it: `node/NAME`, `role/NAME`, `role@node`, `role@deployment`.
 */
export const Attribs = ({
  holder,
  id,
  name,
}: {
  readonly holder: AttribHolder;
  readonly id: string;
  readonly name: string;
}) => {
  const query = useQuery(
    reading(call('get', `/api/v2/${holder}/{key}/attribs` as '/api/v2/nodes/{key}/attribs', { path: { key: id } })),
  );
  const [edited, setEdited] = useState<Value | null>(null);
  const refusal = useMayAct();
  return (
    <Loaded of={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text c="dimmed">It has no attributes.</Text>
        ) : (
          <>
            <Table aria-label="Attributes">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Attribute</Table.Th>
                  <Table.Th>Value</Table.Th>
                  <Table.Th>Comes from</Table.Th>
                  <Table.Th>Do</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {(items as Value[]).map((value) => (
                  <Table.Tr key={value.name}>
                    <Table.Td>
                      <Text size="sm" fw={600}>
                        {value.name}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {value.description}
                      </Text>
                    </Table.Td>
                    <Table.Td>
                      <Shown value={value} />
                    </Table.Td>
                    <Table.Td>
                      <Layers of={value} />
                    </Table.Td>
                    <Table.Td>
                      {value.writable ? (
                        <Button
                          size="compact-xs"
                          variant="light"
                          disabled={refusal !== null}
                          title={refusal ?? undefined}
                          onClick={() => setEdited(value)}
                        >
                          Set
                        </Button>
                      ) : null}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            {edited ? (
              <SetAttrib holder={holder} id={id} name={name} value={edited} onClose={() => setEdited(null)} />
            ) : null}
          </>
        )
      }
    </Loaded>
  );
};

const Shown = ({ value: { is_set: isSet, secret, value, proposed } }: { readonly value: Value }) => (
  <Stack gap={2}>
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {!isSet ? '—' : secret ? 'kept secret' : JSON.stringify(value)}
    </Text>
    {proposed?.is_set && JSON.stringify(proposed.value) !== JSON.stringify(value) ? (
      <Badge size="sm" color="violet" variant="light" autoContrast tt="none">
        after the commit: {secret ? 'another secret' : JSON.stringify(proposed.value)}
      </Badge>
    ) : null}
  </Stack>
);

/** From the layer that counts down to those that it hides. */
const Layers = ({ of: { provenance } }: { readonly of: Value }) => (
  <Stack gap={0}>
    {provenance.map((layer, index) => (
      <Text key={`${index} ${JSON.stringify(layer)}`} size="xs">
        {Object.values(layer)
          .filter((each) => typeof each === 'string')
          .join(' · ')}
      </Text>
    ))}
  </Stack>
);

const SetAttrib = (props: {
  readonly holder: AttribHolder;
  readonly id: string;
  readonly name: string;
  readonly value: Value;
  readonly onClose: () => void;
}) => {
  const { holder, id, name, value, onClose } = props;
  const [now, setNow] = useState<unknown>(value.secret ? undefined : (value.proposed?.value ?? value.value));
  const [isBroken, setBroken] = useState(false);
  const [isTouched, setTouched] = useState(false);
  const doing = useAct(onClose);
  const schema = (value.schema ?? {}) as JsonSchema;
  // Broken text has its sentence from the field; the value below is still the one before it.
  const fault = now === undefined ? 'Give a value, or take this one away.' : faultOf(schema, now);
  const isSound = !isBroken && fault === null;
  const path = { key: id, attrib: value.name };
  const changes = [holder, 'node_roles', 'deployments'];
  const setTo = (to: unknown) => ({
    label: 'Set',
    call: call('put', pathOf(holder) as '/api/v2/nodes/{key}/attribs/{attrib}', {
      path,
      body: { value: to } as never,
    }) as Call,
    command: `anneal attribs set ${word(name)} ${word(`${value.name}=${JSON.stringify(to)}`)}`,
    changes,
    done: `${value.name} is set`,
  });
  const unset = {
    label: 'Take this value away',
    call: call('delete', pathOf(holder) as '/api/v2/nodes/{key}/attribs/{attrib}', { path }) as Call,
    command: `anneal attribs unset ${word(name)} ${word(value.name)}`,
    changes,
    done: `lower layers show again`,
  };
  return (
    <Modal opened onClose={onClose} title={`${value.name} of ${name}`} size="lg">
      <Stack>
        <SchemaField
          name={value.name}
          schema={{
            ...schema,
            description: value.description,
            ...(value.secret ? { writeOnly: true } : {}),
          }}
          required={false}
          value={now}
          fault={(isTouched ? fault : null) ?? (doing.error ? sentenceOf(doing.error) : undefined)}
          onChange={(to) => {
            setNow(to);
            setBroken(false);
            setTouched(true);
            doing.reset();
          }}
          onBroken={() => {
            setBroken(true);
            doing.reset();
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => doing.mutate(unset)}>
            {unset.label}
          </Button>
          <CopyAs act={unset} />
          <Button
            loading={doing.isPending}
            onClick={() => {
              setTouched(true);
              if (isSound) doing.mutate(setTo(now));
            }}
          >
            Set
          </Button>
          {isSound ? <CopyAs act={setTo(value.secret ? SECRET : now)} /> : null}
        </Group>
      </Stack>
    </Modal>
  );
};
