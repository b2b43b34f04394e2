/** A fresh database with the model's use cases over it, and short ways to make what a case needs. */
import type { DataSource } from 'typeorm';
import {
  SealedAttribs,
  SystemClock,
  useCases,
  VETOES,
  type AttribDocument,
  type BarclampDocument,
  type RoleDocument,
  type Signer,
  type Transaction,
  type UseCases,
  type Veto,
} from '#app';
import { audit, isRefusal, type Refusal } from '#core';
import { LiquidRenderer } from '#catalog';
import { freshDatabase } from '#runtime';
import {
  AjvValidator,
  KeyFileBox,
  modelStores,
  openDatabase,
  PgUnitOfWork,
  RandomSecrets,
  TimeOrderedIds,
} from '#store';

export const ACTOR = 'alice';

export const JIGS = ['noop', 'test', 'script', 'callback', 'ansible', 'network', 'tempest', 'view', 'install'].map(
  (name) => ({
    name,
    description: `The ${name} jig.`,
  }),
);

export interface World extends UseCases {
  readonly unitOfWork: PgUnitOfWork;
  readonly dataSource: DataSource;
  /** Holds the key: opens what was sealed. */
  readonly sealed: SealedAttribs;
  /** Statements for what no use case does: runs that end, time that passes. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  import(barclamp: Partial<BarclampDocument> & { name: string }): Promise<void>;
  /** Makes everything in todo active, wave after wave, as runs that succeed do. */
  settle(): Promise<void>;
  /** `role@node` and its state, by name. */
  states(): Promise<Record<string, string>>;
  events(): Promise<string[]>;
  close(): Promise<void>;
}

export const openWorld = async (
  options: { name?: string; vetoes?: readonly Veto[]; now?: () => number; signer?: Signer } = {},
): Promise<World> => {
  const database = await freshDatabase(options.name ?? 'model');
  const dataSource = await openDatabase({ url: database.url, connectionsMax: 8 });
  const unitOfWork = new PgUnitOfWork(dataSource, modelStores);
  const clock = options.now ? { now: options.now } : new SystemClock();
  const sealed = new SealedAttribs(new KeyFileBox([crypto.getRandomValues(new Uint8Array(32))]), new RandomSecrets());
  const cases = useCases(unitOfWork, {
    ids: new TimeOrderedIds(),
    clock,
    schemas: new AjvValidator(),
    templates: new LiquidRenderer(),
    vetoes: options.vetoes ?? VETOES,
    jigs: JIGS,
    sealed,
    ...(options.signer ? { signer: options.signer } : {}),
  });
  await cases.installSystem.execute('test');
  const sql = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const result: unknown = await dataSource.query(text, values as unknown[]);
    return result as Row[];
  };
  return {
    ...cases,
    unitOfWork,
    dataSource,
    sealed,
    sql,
    async import(barclamp) {
      ok(await cases.importBarclamp.execute(ACTOR, documentOf(barclamp)));
    },
    async settle() {
      for (let wave = 0; wave < WAVES_MAX; wave += 1) {
        const ready = await sql<{ id: string }>(
          `SELECT nr.id FROM node_roles nr JOIN nodes n ON n.id = nr.node_id
           WHERE (nr.state = 1 OR (nr.state = 0 AND nr.dirty)) AND n.alive AND NOT nr.held`,
        );
        if (ready.length === 0) return;
        await unitOfWork.write('test', (tx) =>
          succeed(
            tx,
            ready.map(({ id }) => id),
          ),
        );
      }
      throw new Error(`the graph did not settle in ${WAVES_MAX} waves`);
    },
    async states() {
      const rows = await sql<{ name: string; state: number }>(
        `SELECT r.name || '@' || n.name AS name, nr.state FROM node_roles nr JOIN roles r ON r.id = nr.role_id JOIN nodes n ON n.id = nr.node_id ORDER BY 1`,
      );
      return Object.fromEntries(rows.map(({ name, state }) => [name, WORDS[state + 1] as string]));
    },
    async events() {
      return (await sql<{ kind: string }>(`SELECT kind FROM events ORDER BY seq`)).map(({ kind }) => kind);
    },
    async close() {
      const findings = await unitOfWork.read(async (tx) => audit(await tx.graph.whole()));
      await dataSource.destroy();
      await database.drop();
      if (findings.length > 0)
        throw new Error(`the audit found: ${findings.map(({ sentence }) => sentence).join('; ')}`);
    },
  };
};

/** Chains in these tests are far shorter. */
const WAVES_MAX = 50;

const WORDS = ['error', 'active', 'todo', 'transition', 'blocked', 'proposed'];

/** Claims and finishes noderoles through the rules. */
const succeed = async (tx: Transaction, ids: readonly string[]): Promise<void> => {
  const { claimNodeRole, finishNodeRole, GraphDraft, idOf, rerunNodeRole } = await import('#core');
  const graph = await tx.graph.slice({ nodeRoleIds: ids.map((id) => idOf(id)) });
  const draft = new GraphDraft(graph);
  for (const id of ids.map((one) => idOf<never>(one))) {
    const nodeRole = draft.nodeRole(id);
    const refusal =
      nodeRole.state === 'active'
        ? rerunNodeRole(draft, id, idOf(crypto.randomUUID()))
        : claimNodeRole(draft, id, idOf(crypto.randomUUID()));
    if (!refusal) finishNodeRole(draft, id, { kind: 'succeeded' }, Date.now());
  }
  await tx.graph.save(graph, draft.decision());
};

/** The value, or a failure that shows the refusal. */
export const ok = <Value>(value: Value | Refusal): Value => {
  if (isRefusal(value)) throw new Error(`${value.code}: ${value.detail}`);
  return value;
};

/** The refusal, or a failure that there was none. */
export const no = (value: unknown): Refusal => {
  if (!isRefusal(value)) throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
  return value;
};

export const documentOf = (barclamp: Partial<BarclampDocument> & { name: string }): BarclampDocument => ({
  display: barclamp.name,
  description: '',
  version: '1',
  requires: [],
  jigs: [],
  roles: [],
  attribs: [],
  digest: JSON.stringify(barclamp),
  ...barclamp,
});

export const role = (name: string, more: Partial<RoleDocument> = {}): RoleDocument => ({
  name,
  description: '',
  jig: 'noop',
  flags: [],
  requires: [],
  wants: [],
  provides: [],
  conflicts: [],
  attaches: [],
  preceeds: [],
  attribs: [],
  outputs: [],
  onError: 'node',
  onRerunFailure: 'warn',
  priority: 0,
  template: {},
  files: [],
  events: [],
  notes: '',
  documentation: '',
  ...more,
});

export const attrib = (name: string, more: Partial<AttribDocument> = {}): AttribDocument => ({
  name,
  description: '',
  map: name,
  schema: true,
  writable: true,
  order: 0,
  kind: 'input',
  ...more,
});
