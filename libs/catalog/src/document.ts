/**
 * What a barclamp is once it has been read: plain values, fit for `JSON.stringify`, with every default filled in. The
 * loader makes them, the store keeps them, the server shows them. Nothing here knows of YAML, files on a disk or tables.
 * A field that may be missing is optional; no field is ever `undefined` on purpose.
 */
import type { Generate, Json, JsonObject, RoleScope } from '#core';

/** A JSON Schema, draft 2020-12. `true` accepts every value, `false` none. */
export type JsonSchema = JsonObject | boolean;

export const ROLE_FLAGS = [
  'implicit',
  'bootstrap',
  'discovery',
  'cluster',
  'destructive',
  'abstract',
  'milestone',
  'finishing',
  'service',
  'library',
  'powersave',
] as const;
export type RoleFlag = (typeof ROLE_FLAGS)[number];

export interface BarclampDocument {
  /** Letter first, then letters, digits and `_`; unique without regard to case. */
  readonly name: string;
  /** For people; the name when the file gives none. */
  readonly display: string;
  readonly description: string;
  readonly version: string;
  /** Name of the barclamp that this one belongs to. */
  readonly parent?: string;
  readonly sourceUrl?: string;
  readonly license?: string;
  /** Barclamps that must be imported before this one. */
  readonly requires: readonly string[];
  readonly jigs: readonly JigDocument[];
  readonly roles: readonly RoleDocument[];
  /** Attributes of a node, owned by no role. */
  readonly attribs: readonly AttribDocument[];
  /** Which keys the file was written with. */
  readonly format: 'anneal' | 'crowbar';
  /** Keys of the original that Anneal keeps and does not act on (`debs`, `rpms`, `wizard`, …). */
  readonly extras?: JsonObject;
  /** SHA-256 in hex over the names and contents of all files that were used: equal digests import to equal things. */
  readonly digest: string;
}

export interface JigDocument {
  readonly name: string;
  readonly description: string;
  /** The role that must be on every node that this jig works on: every role of the jig requires it, wherever it is written. */
  readonly clientRole?: string;
  /** The original's class name, kept and not used. */
  readonly class?: string;
}

export interface RoleDocument {
  readonly name: string;
  readonly description: string;
  readonly jig: string;
  readonly flags: readonly RoleFlag[];
  /** Roles whose noderoles become parents. A name nobody owns yet makes the role unbindable until somebody does. */
  readonly requires: readonly string[];
  /** Attributes of other roles, or of the node, that a run gets. Wanting one requires the role that owns it. */
  readonly wants: readonly WantDocument[];
  readonly provides: readonly string[];
  readonly conflicts: readonly string[];
  /** Roles, anywhere, that shall require this one: a requirement written from the parent's side. */
  readonly attaches: readonly string[];
  /**
   * Roles that wait for this one where both are bound to a node, or to a deployment where the other is `finishing`: soft, it
   * binds nothing and keeps nothing from deletion.
   */
  readonly preceeds: readonly string[];
  /** What an operator may set, and what a run gets. `kind` is `input` throughout. */
  readonly attribs: readonly AttribDocument[];
  /** What a run may write, checked against the schema. `kind` is `output` throughout. */
  readonly outputs: readonly AttribDocument[];
  /** What an ERROR freezes: the whole node, or only what depends on this noderole. */
  readonly onError: 'node' | 'descendants';
  /** What a failed re-run of an ACTIVE noderole does to its children: nothing but a warning, or BLOCKED. */
  readonly onRerunFailure: 'warn' | 'block';
  /** How long what it did lasts; `boot` where it is absent. */
  readonly scope?: RoleScope;
  /** Absent: a failed run stays failed until somebody retries it. */
  readonly retry?: RetryDocument;
  /** Absent: the installation's default deadline of a run. */
  readonly timeoutSeconds?: number;
  /** Higher runs first among what is ready. 0 unless given. */
  readonly priority: number;
  /** Role-level data, the lowest layer of the role's attributes, by each attribute's `map` path. */
  readonly template: JsonObject;
  /** Scripts, playbooks and what they bring along, sorted by path, relative to `roles/<role>/`. */
  readonly files: readonly RoleFileDocument[];
  readonly events: readonly EventHookDocument[];
  /** Remarks for people; no jig sees them. */
  readonly notes: string;
  readonly documentation: string;
  /** Role keys of the original that are kept and not acted on (`type`, `icon`, `metadata`, `events`). */
  readonly extras?: JsonObject;
}

export interface WantDocument {
  /** Name of the attribute. */
  readonly attrib: string;
  /** Path (`a/b/c`) under which the run finds the value; the attribute's own `map` when absent. */
  readonly at?: string;
}

export interface RetryDocument {
  /** How many times a failed run is tried again, at least 1. */
  readonly max: number;
  readonly backoffSeconds: number;
  /** Only these exit codes are tried again; every failure when absent. */
  readonly exitCodes?: readonly number[];
}

export interface RoleFileDocument {
  readonly path: string;
  readonly content: string;
}

/** What happens to the role's committed noderoles when an event is written whose name matches `on`. */
export interface EventHookDocument {
  /** An event's name, or its first words and `*`: `node.changed`, `node.*`, `*`. */
  readonly on: string;
  /** `rerun` runs the role's ACTIVE noderoles again; `webhook` posts the event, signed, to `url`. */
  readonly do: 'rerun' | 'webhook';
  readonly url?: string;
  /** How long a subscriber may take before the delivery counts as failed. */
  readonly deadlineSeconds: number;
}

export interface AttribDocument {
  /** Unique over everything that has been imported. */
  readonly name: string;
  readonly description: string;
  /** Where the value lives in the layered data, as a path `a/b/c`; the name unless given. */
  readonly map: string;
  /** Null: nothing is known of the value, and nobody may set it. */
  readonly schema: JsonSchema | null;
  /** Taken where no layer has a value. */
  readonly default?: Json;
  readonly writable: boolean;
  /** Never shown, logged or put in an event, and sealed wherever it is kept. */
  readonly secret?: boolean;
  /** How a value is made, once for each deployment, where no layer has one; secret attributes of roles only. */
  readonly generate?: Generate;
  /** For forms: lower comes first. */
  readonly order: number;
  readonly uiRenderer?: string;
  readonly kind: 'input' | 'output';
}
