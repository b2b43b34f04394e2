import { word } from '../../api/as-command';
import type { components } from '../../api/schema.gen';
import { goalText } from '../use-certification';

export type NewCertification = Partial<components['schemas']['NewCertification']>;
export type CloudAccess = components['schemas']['CloudAccess'];

/** Files that the command line reads what is too long or too secret for a line from. */
const ENDPOINT_FILE = 'endpoint.yaml';
const TESTS_FILE = 'tests.txt';

/** The same on the command line. How a cloud elsewhere is reached stands in a file there, for it has passwords. */
export const startCommand = (body: NewCertification): string => {
  const { deployment, endpoint, cloud, tester, goals = [], scope, concurrency, settings = {}, note } = body;
  return [
    'anneal certify start',
    ...(deployment ? [word(deployment)] : []),
    ...(endpoint ? [`--endpoint ${ENDPOINT_FILE}`] : []),
    ...(cloud ? [`--cloud ${word(cloud)}`] : []),
    `--goal ${word(goals.map(goalText).join(','))}`,
    ...(tester ? [`--tester ${word(tester)}`] : []),
    ...scopeWords(scope),
    ...moreWords({ concurrency, settings, note }),
  ].join(' ');
};

const scopeWords = (scope: NewCertification['scope']): readonly string[] => {
  if (!scope || scope.kind === 'must-pass') return [];
  if (scope.kind === 'capability') return [`--capability ${word(scope.name ?? '')}`];
  if (scope.kind === 'tests') return [`--tests ${TESTS_FILE}`];
  return [`--scope ${scope.kind}`];
};

/** Words that `start`, `resume` and `retry` share. */
export const moreWords = ({
  concurrency = 0,
  settings = {},
  note = '',
}: {
  readonly concurrency?: number | undefined;
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly note?: string | undefined;
}): readonly string[] => [
  ...(concurrency > 0 ? [`--concurrency ${concurrency}`] : []),
  ...Object.entries(settings).map(([name, value]) => `--set ${word(`${name}=${value}`)}`),
  ...(note ? [`--note ${word(note)}`] : []),
];

/** What stands in place of a password in what is copied. */
const PASSWORD = 'PASSWORD';

/** For what is copied: a password that is typed into a form belongs into no history of a shell. */
export const withoutPasswords = <Body extends { readonly endpoint?: CloudAccess | undefined }>(body: Body): Body => {
  const { endpoint } = body;
  if (!endpoint) return body;
  const masked = <Account extends object>(account: Account): Account => ({ ...account, password: PASSWORD });
  return {
    ...body,
    endpoint: {
      ...endpoint,
      ...(endpoint.admin ? { admin: masked(endpoint.admin) } : {}),
      ...(endpoint.accounts ? { accounts: endpoint.accounts.map(masked) } : {}),
    },
  };
};
