import { invariant } from '../base/invariant.js';
import type { RoleId } from '../base/ids.js';

/**
 * What binding must know of every role that was imported. It knows nothing of nodes: a catalog is made once and used for
 * many bindings.
 */
export type RoleFlag =
  | 'implicit'
  | 'bootstrap'
  | 'discovery'
  | 'cluster'
  | 'destructive'
  | 'abstract'
  | 'milestone'
  /** Waits for what precedes it on any node of its deployment, not only on its own. */
  | 'finishing'
  | 'service'
  | 'library'
  | 'powersave';

export interface RequiredRole {
  readonly name: string;
  /** Null until a role of that name has been imported. */
  readonly roleId: RoleId | null;
}

/** An attribute that a run of the role gets, with who owns it. */
export interface WantedAttrib {
  readonly attrib: string;
  readonly owner:
    | { readonly kind: 'role'; readonly roleId: RoleId }
    | { readonly kind: 'node' }
    /** Nothing that was imported declares such an attribute. */
    | { readonly kind: 'unknown' };
}

export interface BindRole {
  readonly id: RoleId;
  readonly name: string;
  readonly jig: string;
  readonly jigActive: boolean;
  readonly flags: ReadonlySet<RoleFlag>;
  /** Parents by role: what the role itself says, the owners of attributes it wants, and its jig's client role. */
  readonly requires: readonly RequiredRole[];
  /** Names of roles that wait for this one where both are bound to a node; to a deployment, for those that finish it. */
  readonly precedes: readonly string[];
  /** Names of roles that this one may stand in for. */
  readonly provides: readonly string[];
  /** Names of roles that must not be on the same node. */
  readonly conflicts: readonly string[];
  readonly wants: readonly WantedAttrib[];
}

/** Whether a noderole of `role` satisfies who asks for `name`. */
export const standsFor = (role: BindRole, name: string): boolean => role.name === name || role.provides.includes(name);

export class RoleCatalog {
  private readonly byId = new Map<RoleId, BindRole>();
  private readonly byName = new Map<string, BindRole>();
  private readonly providers = new Map<string, BindRole[]>();
  private readonly parents = new Map<RoleId, readonly BindRole[]>();
  private readonly gaps = new Map<RoleId, readonly string[] | null>();
  private readonly finishing: readonly BindRole[];

  constructor(roles: Iterable<BindRole>) {
    for (const role of [...roles].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      this.byId.set(role.id, role);
      this.byName.set(role.name, role);
      for (const name of role.provides) {
        const list = this.providers.get(name);
        if (list) list.push(role);
        else this.providers.set(name, [role]);
      }
    }
    this.finishing = [...this.byId.values()].filter(({ flags }) => flags.has('finishing'));
  }

  find(id: RoleId): BindRole | undefined {
    return this.byId.get(id);
  }

  role(id: RoleId): BindRole {
    const found = this.byId.get(id);
    invariant(found, `role ${id} is not in the catalog`);
    return found;
  }

  named(name: string): BindRole | undefined {
    return this.byName.get(name);
  }

  /** Roles that provide `name`, by name; not the role of that name itself. */
  providersOf(name: string): readonly BindRole[] {
    return this.providers.get(name) ?? [];
  }

  /** What must be bound before `id` can be: its requirements and the owners of what it wants, once each, by name. */
  parentsOf(id: RoleId): readonly BindRole[] {
    const known = this.parents.get(id);
    if (known) return known;
    const role = this.role(id);
    const ids = new Set<RoleId>();
    for (const required of role.requires) if (required.roleId) ids.add(required.roleId);
    for (const { owner } of role.wants) if (owner.kind === 'role' && owner.roleId !== id) ids.add(owner.roleId);
    const parents = [...ids].map((parentId) => this.role(parentId)).sort((a, b) => (a.name < b.name ? -1 : 1));
    this.parents.set(id, parents);
    return parents;
  }

  /** Roles that finish a deployment and wait for `role` on any node of it, by name. */
  finishingAfter(role: BindRole): readonly BindRole[] {
    if (role.precedes.length === 0) return [];
    return this.finishing.filter((last) => role.precedes.some((name) => standsFor(last, name)));
  }

  /** Roles that `role` waits for on any node of its deployment, by name; none, unless it finishes one. */
  finishedBy(role: BindRole): readonly BindRole[] {
    if (!role.flags.has('finishing')) return [];
    return [...this.byId.values()].filter(({ precedes }) => precedes.some((name) => standsFor(role, name)));
  }

  /**
   * The way from a role to something it needs, directly or not, and nobody has imported: names of roles, the missing one
   * (or `attribute x`) last. Null when all is there.
   */
  gapBelow(id: RoleId): readonly string[] | null {
    const known = this.gaps.get(id);
    if (known !== undefined) return known;
    const paths = new Map<RoleId, readonly string[]>([[id, [this.role(id).name]]]);
    let gap: readonly string[] | null = null;
    for (const [at, path] of paths) {
      const role = this.role(at);
      const missingRole = role.requires.find((required) => !required.roleId || !this.byId.has(required.roleId))?.name;
      const missingAttrib = role.wants.find(({ owner }) => owner.kind === 'unknown')?.attrib;
      if (missingRole !== undefined || missingAttrib !== undefined) {
        gap = [...path, missingRole ?? `attribute ${missingAttrib}`];
        break;
      }
      for (const parent of this.parentsOf(at)) if (!paths.has(parent.id)) paths.set(parent.id, [...path, parent.name]);
    }
    this.gaps.set(id, gap);
    return gap;
  }
}
