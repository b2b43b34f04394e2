import { ActionIcon, Button, Checkbox, Group, Menu, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDraggable } from '@dnd-kit/core';
import { IconDotsVertical, IconGripVertical } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import type { Deployment, Node } from '../../api/types';
import { Alive } from '../../nodes/alive';
import { Loaded } from '../../shell/page';
import classes from './build.module.css';

export interface NodesProps {
  readonly deployment: Deployment;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
  /** Roles that a node can be put onto by its menu. */
  readonly places: readonly string[];
  readonly onPut: (role: string, node: string) => void;
  /** Somebody points at a role of the menu, or no longer does. */
  readonly onMean: (role: string | null, node: string) => void;
}

/** Nodes that are offered at once; the search finds the others. */
const OFFERED_MAX = '200';
const FIELDS = 'id,name,alive,available,system,deployment,groups,probe_says,state';

/** Machines to be dragged. Those of a group are chosen together. */
export const Nodes = ({ deployment, chosen, onChoose, places, onPut, onMean }: NodesProps) => {
  const [search, setSearch] = useState('');
  const typed = search.trim();
  // Whoever types conditions means these: a rack, a state, a hint.
  const filter = typed === '' ? 'admin eq false' : /\s/.test(typed) ? typed : `name contains ${JSON.stringify(typed)}`;
  const query = useQuery(
    reading(call('get', '/api/v2/nodes', { query: { filter, limit: OFFERED_MAX, sort: 'name', fields: FIELDS } })),
  );
  const toggle = (name: string): void => {
    const after = new Set(chosen);
    if (!after.delete(name)) after.add(name);
    onChoose(after);
  };
  return (
    <Stack gap="xs">
      <TextInput
        label="Nodes"
        placeholder="Part of a name, or: groups contains rack-1"
        error={query.isError ? query.error.message : null}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <Loaded of={query}>
        {({ items }) => {
          const nodes = (items as Node[]).filter(({ system }) => !system);
          const groups = [...new Set(nodes.flatMap((node) => node.groups))].sort();
          return (
            <>
              <Group gap="xs">
                <Button
                  size="compact-xs"
                  variant="light"
                  onClick={() => onChoose(new Set([...chosen, ...nodes.map(({ name }) => name)]))}
                >
                  Choose all {nodes.length}
                </Button>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  disabled={chosen.size === 0}
                  onClick={() => onChoose(new Set())}
                >
                  Choose none
                </Button>
                <Text size="xs" role="status">
                  {chosen.size} chosen
                </Text>
              </Group>
              {groups.length > 0 ? (
                <Group gap="xs">
                  <Text size="xs">Choose a group:</Text>
                  {groups.map((group) => (
                    <button
                      key={group}
                      type="button"
                      className={classes['group']}
                      onClick={() =>
                        onChoose(new Set(nodes.filter((node) => node.groups.includes(group)).map(({ name }) => name)))
                      }
                    >
                      {group}
                    </button>
                  ))}
                </Group>
              ) : null}
              <ScrollArea.Autosize mah={520} scrollbars="y">
                <Stack gap={4} component="ul" className={classes['list']} aria-label="Nodes to drag">
                  {nodes.map((node) => (
                    <NodeItem
                      key={node.id}
                      node={node}
                      own={node.deployment === deployment.name}
                      isChosen={chosen.has(node.name)}
                      onToggle={() => toggle(node.name)}
                      places={places}
                      onPut={onPut}
                      onMean={onMean}
                    />
                  ))}
                </Stack>
              </ScrollArea.Autosize>
              {nodes.length === 0 ? <Text c="dimmed">There is no such node.</Text> : null}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
};

interface NodeItemProps {
  readonly node: Node;
  readonly own: boolean;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
  readonly places: readonly string[];
  readonly onPut: (role: string, node: string) => void;
  readonly onMean: (role: string | null, node: string) => void;
}

const NodeItem = ({ node, own, isChosen, onToggle, places, onPut, onMean }: NodeItemProps) => {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, isDragging } = useDraggable({ id: node.name });
  return (
    <li
      ref={setNodeRef}
      className={classes['node']}
      style={{ opacity: isDragging ? 0.4 : 1 }}
      data-testid={`node-${node.name}`}
    >
      <Checkbox checked={isChosen} onChange={onToggle} aria-label={`Choose ${node.name}`} />
      <button
        ref={setActivatorNodeRef}
        type="button"
        className={classes['grip']}
        {...listeners}
        {...attributes}
        aria-label={`Drag ${node.name}`}
      >
        <IconGripVertical size={16} aria-hidden />
        <span className={classes['name']}>
          {node.name}
          {own ? null : (
            <Text span size="xs" c="dimmed" display="block">
              in {node.deployment}
            </Text>
          )}
        </span>
      </button>
      <Alive node={node} />
      <Menu position="bottom-end" withinPortal onClose={() => onMean(null, node.name)}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Put ${node.name} onto a role`}>
            <IconDotsVertical size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Put onto</Menu.Label>
          {places.map((role) => (
            <Menu.Item
              key={role}
              onMouseEnter={() => onMean(role, node.name)}
              onFocus={() => onMean(role, node.name)}
              onClick={() => onPut(role, node.name)}
            >
              {role}
            </Menu.Item>
          ))}
          {places.length === 0 ? <Menu.Item disabled>Add a role first</Menu.Item> : null}
        </Menu.Dropdown>
      </Menu>
    </li>
  );
};
