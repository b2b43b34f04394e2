import type { Client } from '../client/client.js';
import { ApiProblem } from '../client/problem.js';
import { findRoute, type RouteId } from '../client/route.js';
import { EXIT, Stop } from '../exit.js';
import { SUBJECT_KINDS, type Subject, type SubjectKind } from './subject.js';

/** The collection of the route table for each kind. */
const TAGS: Readonly<Record<SubjectKind, string>> = {
  node: 'nodes',
  deployment: 'deployments',
  node_role: 'node_roles',
  run: 'runs',
  rollout: 'rollouts',
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const routeFor = (kind: SubjectKind, verb: string): RouteId => {
  const route = findRoute(`${TAGS[kind]}.${verb}`);
  if (!route) throw new Stop(EXIT.usage, `A ${SUBJECT_KINDS[kind][0]} has no ${verb}.`);
  return route;
};

/**
 * Asks a route of whichever kind of thing the operator means. A bare name may be that of a node or a deployment, an id that
 * of anything: they are tried in turn, and only when none knows it, it is not there.
 */
export const askAbout = async <Body>(
  client: Client,
  subject: Subject,
  verb: string,
  among: readonly SubjectKind[],
): Promise<{ kind: SubjectKind; body: Body }> => {
  const kinds = subject.kind
    ? [subject.kind]
    : among.filter((kind) => UUID.test(subject.key) || (kind !== 'node_role' && kind !== 'run' && kind !== 'rollout'));
  if (subject.kind && !among.includes(subject.kind)) routeFor(subject.kind, verb);
  let missing: unknown = null;
  for (const kind of kinds) {
    try {
      return { kind, body: await client.get<Body>(routeFor(kind, verb), { params: { key: subject.key } }) };
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
      missing = error;
    }
  }
  if (kinds.length === 1) throw missing;
  throw new Stop(
    EXIT.notFound,
    `Nothing is called ${subject.key}: no ${kinds.map((kind) => SUBJECT_KINDS[kind][0]).join(', no ')}.`,
    'Lists show what there is; a noderole is written role@node.',
  );
};
