import '@xyflow/react/dist/style.css';
import { Anchor, Group, SegmentedControl, Switch, Text, useComputedColorScheme } from '@mantine/core';
import { Background, Controls, MiniMap, ReactFlow, type Edge, type Node } from '@xyflow/react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { call } from '../../api/call';
import { reading } from '../../api/query';
import { useAsked } from '../../ask/use-asked';
import type { Deployment, Graph, Node as Machine } from '../../api/types';
import { Loaded } from '../../shell/page';
import { closed } from '../../state/closed';
import { ENDS, FarContext, NODE_TYPES, type BoxData } from './box-view';
import { criticalPath, usualMs } from './critical-path';
import { ancestorsOf, BOX, layOut, type Collapse, type Zones } from './layout';
import classes from './graph.module.css';

/** More noderoles than this are drawn together by role at first: nobody reads thousands of boxes. */
const WHOLE_MAX = 150;
/** More than this are never drawn one by one: it takes longer than anybody waits. */
const EACH_MAX = 6_000;
/** Words are smaller than four pixels then. */
const FAR_ZOOM = 0.3;
const COLLAPSES: readonly Collapse[] = ['none', 'role', 'node', 'cohort', 'zone'];
/** So many boxes are seen from far away when all are seen. */
const FAR_MIN = 300;
const ZOOM_MIN = 0.02;
const WHOLE = { maxZoom: 1, padding: 0.05 } as const;
/** Lines are looked at, not pressed. */
const PLAIN_LINES = { interactionWidth: 0, focusable: false, selectable: false } as const;

/** What runs before what. A box that is pressed shows the path it waits along, and why it waits. */
export const GraphView = ({ deployment }: { readonly deployment: Deployment }) => {
  const query = useQuery(reading(call('get', '/api/v2/deployments/{key}/graph', { path: { key: deployment.id } })));
  return <Loaded of={query}>{(graph) => <Drawn graph={graph} />}</Loaded>;
};

const Drawn = ({ graph }: { readonly graph: Graph }) => {
  const [{ by, box, path: shown }, ask] = useAsked({ by: '', box: '', path: '' });
  const usually = graph.node_roles.length > WHOLE_MAX ? 'role' : 'none';
  const collapse = COLLAPSES.find((each) => each === by) ?? usually;
  const pressed = box === '' ? null : box;
  const setPressed = (change: (before: string | null) => string | null) => ask({ box: change(pressed) ?? '' });
  const zones = useZones();
  const usual = useUsual();
  const { chain, summary } = useChain(graph, pressed);
  // Where boxes stand follows from what there is, not from the states, which change all the time.
  const shape = useMemo(() => graph.node_roles.map(({ id }) => id).join() + graph.edges.length, [graph]);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- laid out anew only when the shape changes
  const drawing = useMemo(() => layOut(graph, collapse, zones), [shape, collapse, zones]);
  const own = useMemo(() => graph.node_roles.filter(({ outside }) => !outside).length, [graph]);
  const byId = useMemo(() => new Map(graph.node_roles.map((nodeRole) => [nodeRole.id, nodeRole])), [graph]);
  const boxOf = useMemo(
    () => new Map(drawing.boxes.flatMap((box) => box.members.map((member) => [member.id, box.id] as const))),
    [drawing],
  );
  const isCritical = shown === 'critical';
  const critical = useMemo(
    () => (isCritical ? criticalPath(graph, (role) => usual.get(role) ?? null) : null),
    [isCritical, graph, usual],
  );
  const path = useMemo<ReadonlySet<string> | null>(() => {
    if (pressed === null) return critical && new Set(critical.ids.map((id) => boxOf.get(id) ?? ''));
    const blamed = new Set(chain);
    // What waits for itself alone, for a commit say, has no chain to show: what it stands on is shown instead.
    if (blamed.size <= 1) return ancestorsOf(drawing.lines, pressed);
    return new Set([
      pressed,
      ...graph.node_roles.filter(({ name }) => blamed.has(name)).map(({ id }) => boxOf.get(id) ?? ''),
    ]);
  }, [pressed, critical, chain, drawing, boxOf, graph]);
  const nodes = useMemo(
    () =>
      drawing.boxes.map(({ id, label, members, x, y }) => ({
        id,
        type: 'box',
        position: { x, y },
        handles: ENDS,
        data: {
          label,
          members: members.map((member) => byId.get(member.id) ?? member),
          isDim: path !== null && !path.has(id),
        } satisfies BoxData,
        ...BOX,
        measured: BOX,
      })),
    [drawing, byId, path],
  );
  const edges = useMemo(
    () =>
      drawing.lines.map(({ id, from, to, soft }) => ({
        id,
        source: from,
        target: to,
        style: {
          ...(soft ? { strokeDasharray: '4 4' } : {}),
          ...(path !== null && !(path.has(from) && path.has(to)) ? { opacity: 0.15 } : {}),
        },
      })),
    [drawing, path],
  );
  const opened = drawing.boxes.find(({ id }) => id === pressed);
  const only = opened?.members.length === 1 ? opened.members[0] : undefined;
  return (
    <>
      <Group mb="xs">
        <SegmentedControl
          aria-label="Draw together"
          value={collapse}
          onChange={(value) => {
            ask({ by: value, box: '' });
          }}
          data={[
            { value: 'none', label: 'Each', disabled: own > EACH_MAX },
            { value: 'role', label: 'By role' },
            { value: 'node', label: 'By node' },
            { value: 'cohort', label: 'By cohort' },
            ...(zones.size > 0 ? [{ value: 'zone', label: 'By failure zone' }] : []),
          ]}
        />
        <Switch
          label="Critical path"
          checked={isCritical}
          onChange={({ currentTarget }) => {
            ask({ path: currentTarget.checked ? 'critical' : '', box: '' });
          }}
        />
        <Text size="sm">
          {graph.node_roles.length} noderoles, {graph.edges.length} dependencies
        </Text>
      </Group>
      <Text size="sm" role="status" mb="xs" data-testid="graph-says">
        {pressed !== null ? (
          <>
            {summary ?? 'Everything that it stands on is shown.'}{' '}
            {only ? (
              <Anchor component={Link} to={`/node-roles/${only.id}`} size="sm" underline="always">
                Open {only.name}
              </Anchor>
            ) : null}
          </>
        ) : critical !== null ? (
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
          'Press a box to see what it waits for.'
        )}
      </Text>
      <Canvas
        // Another way to draw together is another picture: it is looked at as a whole again.
        key={collapse}
        nodes={nodes}
        edges={edges}
        isPointedOut={path !== null}
        onPress={setPressed}
      />
    </>
  );
};

interface CanvasProps {
  readonly nodes: Node[];
  readonly edges: Edge[];
  /** Whether some boxes are dim, so that the others can be seen. */
  readonly isPointedOut: boolean;
  readonly onPress: (change: (before: string | null) => string | null) => void;
}

/** From far away no line and no word can be seen: boxes are colours then, of lines those of the path are left, and no smaller map stands beside. */
const Canvas = ({ nodes, edges, isPointedOut, onPress }: CanvasProps) => {
  const [isFar, setFar] = useState(nodes.length > FAR_MIN);
  const colorScheme = useComputedColorScheme('light');
  const lines = useMemo(
    () => (isFar ? (isPointedOut ? edges.filter(({ style }) => style?.opacity === undefined) : []) : edges),
    [isFar, isPointedOut, edges],
  );
  return (
    <div className={classes['canvas']}>
      <FarContext value={isFar}>
        <ReactFlow
          nodes={nodes}
          edges={lines}
          nodeTypes={NODE_TYPES}
          defaultEdgeOptions={PLAIN_LINES}
          colorMode={colorScheme}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          fitView
          fitViewOptions={WHOLE}
          minZoom={ZOOM_MIN}
          onMove={(_, { zoom }) => setFar(zoom < FAR_ZOOM)}
          onInit={({ getZoom }) => setFar(getZoom() < FAR_ZOOM)}
          onNodeClick={(_, { id }) => onPress((before) => (before === id ? null : id))}
          onPaneClick={() => onPress(() => null)}
        >
          <Background />
          <Controls showInteractive={false} />
          {isFar ? null : <MiniMap pannable zoomable ariaLabel="Overview" />}
        </ReactFlow>
      </FarContext>
    </div>
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
        ((nodes.data?.items ?? []) as Machine[]).flatMap(({ name, groups }) => {
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
  const { data } = explained;
  const chain = useMemo(
    () => (waiting && data ? [waiting.name, ...data.chain.map(({ name }) => name)] : []),
    [waiting, data],
  );
  if (!waiting || !data) return { chain, summary: null };
  // The first cause is often the whole answer; nothing is said twice.
  const said = new Set([data.summary, ...data.chain.map(({ sentence }) => sentence)].map(closed));
  return { chain, summary: [...said].join(' ') };
};
