/**
 * A deployment as a file: what should be there, not how to get there. The same file may be applied again and again; what is
 * there already is left alone, and what the file does not name stays as it is unless `--prune` is given.
 *
 *     name: web
 *     parent: system
 *     roles:                        # values for a role in the whole deployment
 *       web-server: { web-root: /srv/www }
 *     nodes:
 *       node-1.example.test:
 *         member: true              # the node belongs to this deployment; it is moved here from another
 *         attribs: { location: rack-3 }
 *         roles:
 *           web-server:             # bound with the values of its role
 *           motd: { motd-text: hello }
 */
export interface Manifest {
  readonly name: string;
  /** Undefined: as it is, and `system` for a new one. */
  readonly parent?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly roles: readonly ManifestRole[];
  readonly nodes: readonly ManifestNode[];
}

export interface ManifestRole {
  readonly name: string;
  /** Values of the role's attributes, by attribute. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ManifestNode {
  readonly name: string;
  /** It belongs to this deployment. Otherwise it stays where it is; a role may be bound to it all the same. */
  readonly member?: true;
  readonly attribs: Readonly<Record<string, unknown>>;
  readonly roles: readonly ManifestRole[];
}
