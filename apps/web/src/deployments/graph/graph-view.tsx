import '@xyflow/react/dist/style.css';
import { Group, SegmentedControl, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { Background, Controls, Handle, MiniMap, Position, ReactFlow, type Node as FlowNode } from '@xyflow/react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import type { Deployment, Graph, Node } from '../../api/types';
import { Loaded } from '../../shell/page';
import { StateIcon } from '../../state/state-badge';
import { STATE_ORDER, STATES } from '../../state/states';
import { criticalPath, usualMs } from './critical-path';
import { ancestorsOf, BOX, layOut, type Box, type Collapse, type Zones } from './layout';
import classes from './graph.module.css';

/** More noderoles than this are drawn together by role at first: nobody reads thousands of boxes. */
const WHOLE_MAX = 150;

/** What runs before what. A box that is pressed shows the path it waits along; pressed twice, it opens. */
export const GraphView = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}/graph', { path: { key: deployment.id } })));
  return <Loaded of={query}>{(graph) => <Drawn graph={graph} />}</Loaded>;
};

const Drawn = ({ graph }: { readonly graph: Parameters<typeof layOut>[0] }) => {
  const [collapse, setCollapse] = useState<Collapse>(graph.node_roles.length > WHOLE_MAX ? 'role' : 'none');
  const [pressed, setPressed] = useState<string | null>(null);
  const [shown, setShown] = useState<'all' | 'critical'>('all');
  const zones = useZones();
  const usual = useUsual();
  const { chain, summary } = useChain(graph, pressed);
  const { colorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  // Where boxes stand follows from what there is, not from the states, which change all the time.
  const shape = graph.node_roles.map(({ id }) => id).join() + graph.edges.length;
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- laid out anew only when the shape changes
  const drawing = useMemo(() => layOut(graph, collapse, zones), [shape, collapse, zones]);
  const byId = new Map(graph.node_roles.map((nodeRole) => [nodeRole.id, nodeRole]));
  const boxOf = new Map(drawing.boxes.flatMap((box) => box.members.map((member) => [member.id, box.id] as const)));
  const critical = criticalPath(graph, (role) => usual.get(role) ?? null);
  const blamed = chain.flatMap((name) => {
    const found = graph.node_roles.find((each) => each.name === name);
    return found ? [boxOf.get(found.id) ?? ''] : [];
  });
  const path: ReadonlySet<string> | null =
    pressed !== null
      ? chain.length > 1
        ? new Set([pressed, ...blamed])
        : ancestorsOf(drawing.lines, pressed)
      : shown === 'critical'
        ? new Set(critical.ids.map((id) => boxOf.get(id) ?? ''))
        : null;
  const nodes = drawing.boxes.map((box) => ({
    id: box.id,
    type: 'box',
    position: { x: box.x, y: box.y },
    data: {
      ...box,
      members: box.members.map((member) => byId.get(member.id) ?? member),
      dim: path !== null && !path.has(box.id),
    },
    ...BOX,
  }));
  const edges = drawing.lines.map(({ id, from, to, soft }) => ({
    id,
    source: from,
    target: to,
    animated: false,
    style: {
      ...(soft ? { strokeDasharray: '4 4' } : {}),
      ...(path !== null && !(path.has(from) && path.has(to)) ? { opacity: 0.15 } : {}),
    },
  }));
  return (
    <>
      <Group mb="xs">
        <SegmentedControl
          aria-label="Draw together"
          value={collapse}
          onChange={(value) => setCollapse(value as Collapse)}
          data={[
            { value: 'none', label: 'Each' },
            { value: 'role', label: 'By role' },
            { value: 'node', label: 'By node' },
            { value: 'cohort', label: 'By cohort' },
            ...(zones.size > 0 ? [{ value: 'zone', label: 'By failure zone' }] : []),
          ]}
        />
        <Switch
          label="Critical path"
          checked={shown === 'critical'}
          onChange={({ currentTarget }) => {
            setShown(currentTarget.checked ? 'critical' : 'all');
            setPressed(null);
          }}
        />
        <Text size="sm">
          {graph.node_roles.length} noderoles, {graph.edges.length} dependencies
        </Text>
      </Group>
      <Text size="sm" role="status" mb="xs" data-testid="graph-says">
        {pressed !== null ? (
          (summary ?? 'Everything that it stands on is shown.')
        ) : shown === 'critical' ? (
          critical.ids.length === 0 ? (
            'Everything is done: nothing is critical.'
          ) : (
            <>
              {critical.ids.length} runs one after the other decide when it is ready
              {critical.ms === null ? '' : `, usually ${Math.max(1, Math.round(critical.ms / 1_000))} s`}:{' '}
              {critical.ids.map((id) => byId.get(id)?.name ?? '').join(' → ')}
            </>
          )
        ) : (
          'Press a box to see what it waits for; twice to open it.'
        )}
      </Text>
      <div className={classes['canvas']}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          colorMode={colorScheme === 'auto' ? 'system' : colorScheme}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          fitView
          minZoom={0.05}
          onNodeClick={(_, { id }) => setPressed((before) => (before === id ? null : id))}
          onNodeDoubleClick={(_, node) => {
            const { members } = node.data as unknown as Box;
            const only = members.length === 1 ? members[0] : undefined;
            if (only) void navigate({ to: `/node-roles/${only.id}` });
          }}
          onPaneClick={() => setPressed(null)}
        >
          <Background />
          <Controls showInteractive={false} />
          <MiniMap pannable zoomable ariaLabel="Overview" />
        </ReactFlow>
      </div>
    </>
  );
};

/** Failure zones of nodes: their racks, as the groups say. */
const useZones = (): Zones => {
  const nodes = useQuery(
    reading(
      call('get', '/api/v2/nodes', { query: { fields: 'name,groups', limit: '1000', filter: 'system eq false' } }),
    ),
  );
  return useMemo(
    () =>
      new Map(
        ((nodes.data?.items ?? []) as Node[]).flatMap(({ name, groups }) => {
          const rack = groups.find((group) => /^(rack|zone|switch|power)\b/.test(group)) ?? groups[0];
          return rack === undefined ? [] : [[name, rack] as const];
        }),
      ),
    [nodes.data],
  );
};

/** Runs that are looked at for what they usually take. */
const RUNS_LOOKED_AT = '1000';

const useUsual = () => {
  const runs = useQuery(
    reading(
      call('get', '/api/v2/runs', {
        query: { filter: 'state eq succeeded', limit: RUNS_LOOKED_AT, fields: 'node_role,started_at,finished_at' },
      }),
    ),
  );
  return useMemo(() => usualMs((runs.data?.items ?? []) as Parameters<typeof usualMs>[0]), [runs.data]);
};

/** The chain of causes of what was pressed, as `explain` has it: names from the box down to the root. */
const useChain = (
  graph: Graph,
  pressed: string | null,
): { readonly chain: readonly string[]; readonly summary: string | null } => {
  const waiting = graph.node_roles.find(({ name, state }) => name === pressed && state !== 'active');
  const explained = useQuery({
    ...reading(call('get', '/api/v2/node_roles/{key}/explain', { path: { key: waiting?.id ?? '' } })),
    enabled: waiting !== undefined,
  });
  if (!waiting || !explained.data) return { chain: [], summary: null };
  return {
    chain: [waiting.name, ...explained.data.chain.map(({ name }) => name)],
    summary: [explained.data.summary, ...explained.data.chain.map(({ sentence }) => sentence)].join(' '),
  };
};

const BoxView = ({ data }: { readonly data: Box & { readonly dim: boolean } }) => {
  const { label, members, dim } = data;
  const state = STATE_ORDER.find((each) => members.some((member) => member.state === each)) ?? 'proposed';
  const active = members.filter((member) => member.state === 'active').length;
  return (
    <div
      className={classes['box']}
      style={{ opacity: dim ? 0.25 : 1, borderColor: `var(--mantine-color-${STATES[state].color}-6)` }}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className={classes['label']} title={label}>
        {label}
      </div>
      <div className={classes['state']}>
        <StateIcon state={state} size={12} /> {STATES[state].word}
        {members.length > 1 ? ` · ${active} of ${members.length} active` : ''}
        {members[0]?.outside && members.length === 1 ? ' · elsewhere' : ''}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
};

const NODE_TYPES = { box: BoxView as unknown as React.ComponentType<FlowNode> } as never;
