import { Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, perform } from '../../api/call';
import { forget, reading } from '../../api/query';
import type { components } from '../../api/schema.gen';
import { useMayAct } from '../../session/session';
import { Loaded } from '../../shell/page';
import { Refused } from '../../shell/refused';

type Value = components['schemas']['AttribValue'];
type Image = components['schemas']['Image'];

/** The role whose attributes these are. */
export const OS_INSTALL = 'provisioner-os-install';

const RULES = [
  { value: 'first', label: 'the first by its place on the bus' },
  { value: 'smallest', label: 'the smallest' },
  { value: 'largest', label: 'the largest' },
  { value: 'id:', label: 'the one that is named' },
];
const LAYOUTS = [
  { value: 'plain', label: 'Partitions alone' },
  { value: 'lvm', label: 'The root on a logical volume' },
  { value: 'raid1', label: 'Mirrored over two disks' },
];

interface Disks {
  readonly rule?: string;
  readonly second?: string;
  readonly min_gib?: number;
  readonly transport?: string;
}

/** Which system, which disk, how divided: for a whole deployment, or for one node of it. */
export const InstallChoice = (props: {
  readonly deployment: string;
  readonly nodes: readonly { id: string; node: string }[];
}) => {
  const { deployment, nodes } = props;
  const [opened, setOpened] = useState(false);
  const refusal = useMayAct();
  return (
    <>
      <Button
        size="compact-xs"
        variant="light"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={() => setOpened(true)}
      >
        System and disks…
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="System and disks" size="lg">
        {opened ? <Choice deployment={deployment} nodes={nodes} onClose={() => setOpened(false)} /> : null}
      </Modal>
    </>
  );
};

const WHOLE = 'all';

const Choice = (props: {
  readonly deployment: string;
  readonly nodes: readonly { id: string; node: string }[];
  readonly onClose: () => void;
}) => {
  const { deployment, nodes, onClose } = props;
  const [target, setTarget] = useState(WHOLE);
  const key = target === WHOLE ? `${OS_INSTALL}@${deployment}` : target;
  const what =
    target === WHOLE
      ? call('get', '/api/v2/deployment_roles/{key}/attribs', { path: { key } })
      : call('get', '/api/v2/node_roles/{key}/attribs', { path: { key } });
  const values = useQuery(reading(what));
  const images = useQuery(reading(call('get', '/api/v2/images')));
  return (
    <Stack>
      <Select
        label="For"
        allowDeselect={false}
        data={[
          { value: WHOLE, label: `all nodes of ${deployment}` },
          ...nodes.map(({ id, node }) => ({ value: id, label: `${node} alone` })),
        ]}
        value={target}
        onChange={(to) => setTarget(to ?? WHOLE)}
      />
      <Loaded of={values}>
        {({ items }) => (
          <Loaded of={images}>
            {(known) => (
              <Fields
                key={target}
                isWhole={target === WHOLE}
                attribsOf={key}
                values={items as Value[]}
                images={known.items as Image[]}
                onClose={onClose}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Stack>
  );
};

const Fields = (props: {
  readonly isWhole: boolean;
  readonly attribsOf: string;
  readonly values: readonly Value[];
  readonly images: readonly Image[];
  readonly onClose: () => void;
}) => {
  const { isWhole, attribsOf: key, values, images, onClose } = props;
  const now = (name: string): unknown => {
    const found = values.find((each) => each.name === name);
    return found?.proposed?.is_set ? found.proposed.value : found?.value;
  };
  const before = {
    os: String(now('target-os') ?? ''),
    disks: (now('install-disks') ?? {}) as Disks,
    layout: String(now('install-layout') ?? 'plain'),
  };
  const [os, setOs] = useState(before.os);
  const [disks, setDisks] = useState<Disks>(before.disks);
  const [layout, setLayout] = useState(before.layout);
  const rule = disks.rule ?? 'first';
  const isNamed = !['first', 'smallest', 'largest'].includes(rule);
  const image = images.find(({ name }) => name === os);
  const wrong =
    image && !image.layouts.includes(layout as 'plain')
      ? `${os} cannot be laid out like this: it can ${image.layouts.join(', ')}.`
      : null;
  const set = useMutation({
    mutationFn: async () => {
      const changed: [string, unknown][] = [];
      if (os !== before.os) changed.push(['target-os', os]);
      if (JSON.stringify(disks) !== JSON.stringify(before.disks)) changed.push(['install-disks', disks]);
      if (layout !== before.layout) changed.push(['install-layout', layout]);
      for (const [attrib, value] of changed)
        await perform(
          isWhole
            ? call('put', '/api/v2/deployment_roles/{key}/attribs/{attrib}', {
                path: { key, attrib },
                body: { value } as never,
              })
            : call('put', '/api/v2/node_roles/{key}/attribs/{attrib}', {
                path: { key, attrib },
                body: { value } as never,
              }),
        );
    },
    onSuccess: () => {
      forget('deployment_roles', 'node_roles', 'deployments');
      onClose();
    },
  });
  return (
    <Stack>
      <Select
        label="System"
        description="It counts from the next commit on."
        data={[...new Set([...images.map(({ name }) => name), ...(os ? [os] : [])])].map((name) => {
          const known = images.find((each) => each.name === name);
          return {
            value: name,
            label: known
              ? known.errors.length > 0
                ? `${name} (cannot be installed now)`
                : name
              : `${name} (not there yet)`,
          };
        })}
        allowDeselect={false}
        value={os || null}
        onChange={(to) => setOs(to ?? os)}
      />
      <Group grow align="start">
        <Select
          label="Disk"
          data={RULES}
          allowDeselect={false}
          value={isNamed ? 'id:' : rule}
          onChange={(to) => setDisks({ ...disks, rule: to ?? 'first' })}
        />
        <NumberInput
          label="At least, in GiB"
          min={0}
          value={disks.min_gib ?? ''}
          onChange={(to) =>
            setDisks(without({ ...disks, ...(to === '' ? {} : { min_gib: Number(to) }) }, to === '' ? 'min_gib' : null))
          }
        />
      </Group>
      {isNamed ? (
        <TextInput
          label="Which"
          description="id:wwn:0x5000c500a1b2c3d4, serial:S3Z8NB0K, path:pci-0000:00:1f.2*, model:*PM983*"
          value={rule}
          onChange={({ currentTarget }) => setDisks({ ...disks, rule: currentTarget.value })}
        />
      ) : null}
      <Select
        label="Layout"
        data={LAYOUTS}
        allowDeselect={false}
        value={layout}
        error={wrong}
        onChange={(to) => setLayout(to ?? 'plain')}
      />
      {layout === 'raid1' ? (
        <TextInput
          label="Second disk"
          description="By a rule like the first; the same rule once more when empty."
          value={disks.second ?? ''}
          onChange={({ currentTarget: { value } }) =>
            setDisks(without({ ...disks, second: value }, value === '' ? 'second' : null))
          }
        />
      ) : null}
      <Text size="sm" c="dimmed">
        What can be taken out, or belongs to another role, is never taken; the disk is looked at again right before it
        is written.
      </Text>
      <Refused error={set.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={set.isPending} disabled={wrong !== null} onClick={() => set.mutate()}>
          Set
        </Button>
      </Group>
    </Stack>
  );
};

const without = <Item extends object>(item: Item, field: keyof Item | null): Item =>
  field === null ? item : (Object.fromEntries(Object.entries(item).filter(([name]) => name !== field)) as Item);
