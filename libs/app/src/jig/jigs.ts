import { refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { missing } from '../named.js';
import type { JigView } from '../ports/jig-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

export class ListJigs {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(): Promise<JigView[]> {
    return this.parts.unitOfWork.read((tx) => tx.jigs.all());
  }
}

export class ShowJig {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly jig: string }): Promise<JigView | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => (await tx.jigs.find(input.jig)) ?? noJig(input.jig));
  }
}

/** Switches a jig off or on: roles of one that is off cannot be bound. What was bound before runs on. */
export class SwitchJig {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'jigs'>) {}

  execute(
    actor: Actor,
    input: { readonly jig: string; readonly active: boolean; readonly version?: number },
  ): Promise<JigView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.catalog.lock();
      const jig = await tx.jigs.find(input.jig);
      if (!jig) return noJig(input.jig);
      const stale = refuseStale(`jig ${jig.name}`, jig, input.version);
      if (stale) return stale;
      if (input.active && !this.parts.jigs.some(({ name }) => name === jig.name))
        return refuse(
          'jig-inactive',
          `the jig ${jig.name} cannot be switched on: this installation has nothing that carries it out. There are ${this.parts.jigs.map(({ name }) => name).join(', ')}.`,
        );
      await tx.jigs.update(jig.name, { active: input.active });
      tx.tell({ kind: 'jig.switched', data: { jig: jig.name, active: input.active } });
      return (await tx.jigs.find(jig.name)) as JigView;
    });
  }
}

const noJig = (name: string): Refusal => missing('jig', name, 'use the name of one that `anneal jigs list` shows');
