import { randomUUID } from 'node:crypto';
import { objectIn, type CloudReply, type CloudRequest, type CloudState } from './state.js';

/** Keystone, as far as a token and its catalog go. */
export const answerIdentity = (state: CloudState, { method, path, body }: CloudRequest): CloudReply => {
  if (method !== 'POST' || path !== '/v3/auth/tokens')
    return { status: 404, body: { error: { code: 404, message: 'The resource could not be found.' } } };
  if (!isRight(state, objectIn(body, 'auth')))
    return {
      status: 401,
      body: {
        error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' },
      },
    };
  const token = `gAAAAA${randomUUID()}`;
  state.tokens.add(token);
  state.logins += 1;
  return {
    status: 201,
    headers: { 'x-subject-token': token },
    body: {
      token: {
        methods: ['password'],
        user: { id: 'u'.repeat(32), name: state.user, domain: { id: 'default', name: 'Default' } },
        project: { ...state.project, domain: { id: 'default', name: 'Default' } },
        expires_at: new Date(Date.now() + state.tokenMs).toISOString(),
        catalog: catalogOf(state),
      },
    },
  };
};

const isRight = (state: CloudState, auth: Record<string, unknown>): boolean => {
  const identity = objectIn(auth, 'identity');
  const methods = identity['methods'] as string[];
  if (methods.includes('application_credential')) {
    const { id, secret } = objectIn(identity, 'application_credential');
    return id === 'app-credential' && secret === state.secret;
  }
  const user = objectIn(objectIn(identity, 'password'), 'user');
  const project = objectIn(objectIn(auth, 'scope'), 'project');
  return (
    user['name'] === state.user &&
    user['password'] === state.secret &&
    project['name'] === state.project.name &&
    objectIn(user, 'domain')['name'] === 'Default'
  );
};

const catalogOf = ({ base, regions }: CloudState): unknown[] =>
  Object.entries({ identity: '/identity', compute: '/compute/v2.1', network: '/network', image: '/image' }).map(
    ([type, path]) => ({
      type,
      id: type,
      name: type,
      endpoints: regions.flatMap((region) => [
        { id: `${type}-${region}`, interface: 'public', region, region_id: region, url: `${base}${path}` },
        { id: `${type}-${region}-i`, interface: 'internal', region, region_id: region, url: 'http://192.0.2.1:1' },
      ]),
    }),
  );
