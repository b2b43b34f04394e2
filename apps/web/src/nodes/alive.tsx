import { IconHeartbeat, IconHeartOff, IconHandStop } from '@tabler/icons-react';
import type { Node } from '../api/types';
import { useTip } from '../state/tip';
import classes from './alive.module.css';

/** Whether a node can be reached, and whether it may be worked on: two things, each with its word. */
export const Alive = ({ node }: { readonly node: Pick<Node, 'alive' | 'available' | 'system' | 'probe_says'> }) => {
  const alive = node.alive || node.system;
  const [pointed, tip] = useTip<HTMLDivElement>(alive ? 'It answers.' : node.probe_says || 'It has not answered yet.');
  return (
    <>
      <div className={classes['alive']} {...pointed}>
        {alive ? <IconHeartbeat size={16} aria-hidden /> : <IconHeartOff size={16} aria-hidden />}
        {alive ? 'alive' : 'dead'}
        {node.available ? null : (
          <>
            <IconHandStop size={16} aria-hidden />
            held
          </>
        )}
      </div>
      {tip}
    </>
  );
};
