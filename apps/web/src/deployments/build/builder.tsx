import { Alert, Grid, List, Stack, Text } from '@mantine/core';
import {
  DndContext,
  DragOverlay,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type DragEndEvent,
  type DragOverEvent,
  type DragStartEvent,
} from '@dnd-kit/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, perform } from '../../api/call';
import { sentenceOf } from '../../api/problem';
import { forget, reading } from '../../api/query';
import type { Deployment, Graph, Role } from '../../api/types';
import { useMayAct } from '../../session/session';
import { Loaded } from '../../shell/page';
import { bind } from '../acts';
import { placesOf } from './board';
import { ghostsOf, useForesight, type Ghost } from './foresee';
import { NetworksChoice } from './networks-choice';
import { Nodes } from './nodes';
import { Palette } from './palette';
import { RolePlace } from './role-place';

/** A pointer has to move this far, in pixels, before it drags: a click stays a click. */
const DRAG_PX = 6;
const ROLES = call('get', '/api/v2/roles', { query: { limit: '1000' } });

/**
 * Puts nodes onto roles: by dragging, by the keyboard (space takes up, arrows carry, space lets go), or by the menu of a
 * node. What is let go is proposed at once, with what it needs; nothing runs before the commit.
 */
export const Builder = ({ deployment }: { readonly deployment: Deployment }) => {
  const graph = useQuery(reading(call('get', '/api/v2/deployments/{key}/graph', { path: { key: deployment.id } })));
  const roles = useQuery(reading(ROLES));
  return (
    <Loaded of={graph}>
      {(drawn) => (
        <Loaded of={roles}>
          {({ items }) => <Board deployment={deployment} graph={drawn} roles={items as Role[]} />}
        </Loaded>
      )}
    </Loaded>
  );
};

interface Refused {
  readonly role: string;
  readonly sentence: string;
}

const Board = (props: { readonly deployment: Deployment; readonly graph: Graph; readonly roles: readonly Role[] }) => {
  const { deployment, graph, roles } = props;
  const [chosenRoles, setChosenRoles] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dragged, setDragged] = useState<string | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const [came, setCame] = useState<readonly Ghost[]>([]);
  /** The role that somebody is about to let nodes go on, with these. */
  const [meant, setMeant] = useState<{ readonly role: string; readonly nodes: readonly string[] } | null>(null);
  const mayNot = useMayAct();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_PX } }),
    useSensor(KeyboardSensor),
  );
  const binding = useMutation({
    mutationFn: ({ role, nodes }: { readonly role: string; readonly nodes: readonly string[] }) =>
      perform(
        bind(
          deployment,
          nodes.map((node) => ({ role, node })),
        ).call,
      ) as Promise<{
        created: { name: string }[];
      }>,
    onSuccess: ({ created }, { role, nodes }) => {
      const wanted = new Set(nodes.map((node) => `${role}@${node}`));
      setAsked((before) => new Set([...before, ...wanted]));
      setCame(ghostsOf([...wanted, ...created.map(({ name }) => name)], wanted, roles));
      setRefused(null);
      setChosen(new Set());
      forget('deployments', 'node_roles', 'nodes', 'anneal');
    },
    onError: (error, { role }) => setRefused({ role, sentence: sentenceOf(error) }),
  });
  const put = (role: string, nodes: readonly string[]): void => {
    if (mayNot === null && nodes.length > 0) binding.mutate({ role, nodes });
  };
  /** Whoever drags a chosen node drags all that are chosen. */
  const carried = (node: string): readonly string[] => (chosen.has(node) ? [...chosen] : [node]);
  const places = placesOf(graph, roles, chosenRoles, asked);
  const foresight = useForesight(deployment, roles, mayNot === null ? meant : null);
  const onDragStart = ({ active }: DragStartEvent): void => setDragged(String(active.id));
  const onDragOver = ({ active, over }: DragOverEvent): void =>
    setMeant(over ? { role: String(over.id), nodes: carried(String(active.id)) } : null);
  const onDragEnd = ({ active, over }: DragEndEvent): void => {
    setDragged(null);
    setMeant(null);
    if (over) put(String(over.id), carried(String(active.id)));
  };
  return (
    <DndContext
      sensors={sensors}
      onDragStart={onDragStart}
      onDragOver={onDragOver}
      onDragEnd={onDragEnd}
      onDragCancel={() => {
        setDragged(null);
        setMeant(null);
      }}
      accessibility={{
        screenReaderInstructions: {
          draggable:
            'Press space to take the node up, the arrow keys to carry it to a role, space to let it go there, escape to put it back.',
        },
      }}
    >
      <Grid>
        <Grid.Col span={{ base: 12, md: 5, xl: 4 }}>
          <Nodes
            deployment={deployment}
            chosen={chosen}
            onChoose={setChosen}
            places={places.map(({ role }) => role)}
            onPut={(role, node) => {
              setMeant(null);
              put(role, carried(node));
            }}
            onMean={(role, node) => setMeant(role === null ? null : { role, nodes: carried(node) })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7, xl: 8 }}>
          <Stack gap="sm">
            <Palette
              roles={roles}
              there={places.map(({ role }) => role)}
              onChoose={(role) => setChosenRoles((before) => [...before, role])}
            />
            <NetworksChoice
              roles={roles}
              there={places.map(({ role }) => role)}
              chosen={chosen.size}
              onChoose={(role) => {
                setChosenRoles((before) => [...new Set([...before, role])]);
                put(role, [...chosen]);
              }}
            />
            {came.length > 0 ? (
              <Alert
                color="blue"
                title="This came along, because something needs it"
                withCloseButton
                onClose={() => setCame([])}
              >
                <List size="sm">
                  {came.map(({ name, because }) => (
                    <List.Item key={name}>
                      {name}: {because}
                    </List.Item>
                  ))}
                </List>
              </Alert>
            ) : null}
            {places.length === 0 ? (
              <Text c="dimmed">Choose a role above; then drag nodes onto it. Nothing happens before you commit.</Text>
            ) : null}
            {places.map((place) => (
              <RolePlace
                key={place.role}
                place={place}
                refused={refused?.role === place.role ? refused.sentence : null}
                busy={binding.isPending && binding.variables.role === place.role}
                foresight={meant?.role === place.role ? foresight : null}
                deployment={deployment.name}
                chosen={chosen.size}
                onPutChosen={() => put(place.role, [...chosen])}
                onMeanChosen={(yes) =>
                  setMeant(yes && chosen.size > 0 ? { role: place.role, nodes: [...chosen] } : null)
                }
              />
            ))}
          </Stack>
        </Grid.Col>
      </Grid>
      <DragOverlay>{dragged === null ? null : <Carried nodes={carried(dragged)} />}</DragOverlay>
    </DndContext>
  );
};

const Carried = ({ nodes }: { readonly nodes: readonly string[] }) => (
  <Text size="sm" fw={600} bg="var(--mantine-color-body)" p="xs" style={{ border: '1px solid', borderRadius: 4 }}>
    {nodes.length === 1 ? nodes[0] : `${nodes.length} nodes`}
  </Text>
);
