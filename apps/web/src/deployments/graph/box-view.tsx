import type { Node as FlowNode, NodeHandle } from '@xyflow/react';
import { Position } from '@xyflow/react';
import { createContext, memo, useContext } from 'react';
import type { Graph } from '../../api/types';
import { StateIcon } from '../../state/state-badge';
import { STATE_ORDER, STATES } from '../../state/states';
import { BOX, type Box } from './layout';
import classes from './graph.module.css';

/** From so far away that no word could be read: a box is its colour then, and what it is stands in its title. */
export const FarContext = createContext(false);

export interface BoxData extends Record<string, unknown> {
  readonly label: string;
  readonly members: Box['members'];
  readonly isDim: boolean;
}

/** Where lines end, said beforehand: thousands of boxes need not be measured then. */
export const ENDS: NodeHandle[] = [
  { type: 'target', position: Position.Left, x: 0, y: BOX.height / 2, width: 1, height: 1 },
  { type: 'source', position: Position.Right, x: BOX.width, y: BOX.height / 2, width: 1, height: 1 },
];

/** The state of a box is the one of its members that somebody wants to hear of first. */
export const stateOf = (members: Graph['node_roles']) =>
  STATE_ORDER.find((each) => members.some(({ state }) => state === each)) ?? 'proposed';

/** A noderole, or all that are drawn together. It is pressed by the mouse and by the keyboard alike. */
const Shown = ({ data: { label, members, isDim } }: { readonly data: BoxData }) => {
  const isFar = useContext(FarContext);
  const state = stateOf(members);
  const { word, color } = STATES[state];
  const style = {
    opacity: isDim ? 0.25 : 1,
    borderColor: `var(--mantine-color-${color}-6)`,
    ...(isFar ? { background: `var(--mantine-color-${color}-light)` } : {}),
  };
  if (isFar)
    return (
      <button type="button" className={classes['box']} style={style} aria-label={`${label}: ${word}`} title={label} />
    );
  const only = members.length === 1 ? members[0] : undefined;
  const active = members.filter((member) => member.state === 'active').length;
  return (
    <button type="button" className={classes['box']} style={style} title={label}>
      <span className={classes['label']}>{only && only.name === label ? only.role : label}</span>
      {only && only.name === label ? <span className={classes['node']}>@{only.node}</span> : null}
      <span className={classes['state']}>
        <StateIcon state={state} size={12} /> {word}
        {members.length > 1 ? ` · ${active} of ${members.length} active` : ''}
        {only?.outside ? ' · elsewhere' : ''}
      </span>
    </button>
  );
};

export const NODE_TYPES = { box: memo(Shown) as unknown as React.ComponentType<FlowNode> } as never;
