import type { EffectLine } from './effect-log.js';

type Work = Pick<EffectLine, 'runId' | 'attempt' | 'fence' | 'nodeId'>;

interface Place {
  /** The greatest fence that this node has seen. */
  highest: number;
  /** Who is at work, and over which connection. */
  at: { readonly work: Work; readonly owner: unknown } | null;
}

/**
 * The nodes' side of the fence, as the runner on a machine keeps it: work that carries a smaller number than the node has
 * seen is refused, what an older attempt left open is ended when a newer one begins, and what belongs to a connection that
 * went away is given up. Everything is told to `write`, in order.
 */
export class NodeFences {
  private readonly places = new Map<string, Place>();

  constructor(private readonly write: (what: EffectLine['what'], accepted: boolean, work: Work) => void) {}

  begin(work: Work, owner: unknown): boolean {
    const place = this.place(work.nodeId);
    const accepted = work.fence >= place.highest;
    if (accepted && place.at) this.write('displaced', true, place.at.work);
    this.write('begin', accepted, work);
    if (accepted) {
      place.highest = work.fence;
      place.at = { work, owner };
    }
    return accepted;
  }

  end(work: Work): boolean {
    const place = this.place(work.nodeId);
    const accepted = work.fence >= place.highest;
    this.write('end', accepted, work);
    if (accepted) place.at = null;
    return accepted;
  }

  /** A connection is gone, and whoever worked over it with it. */
  lose(owner: unknown): void {
    for (const place of this.places.values()) {
      const { at } = place;
      if (at === null || at.owner !== owner) continue;
      this.write('lost', true, at.work);
      place.at = null;
    }
  }

  private place(nodeId: string): Place {
    let place = this.places.get(nodeId);
    if (!place) this.places.set(nodeId, (place = { highest: 0, at: null }));
    return place;
  }
}
