import { Card, Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { Loaded } from '../shell/page';
import { LongList } from './long-list';

type Sheet = components['schemas']['Disclosure'];

/** What was not tested, what was bent, what was pretended, and what it takes to build the same again: goes with every report. */
export const DisclosureSheets = ({ id }: { readonly id: string }) => {
  const query = useQuery(reading(call('get', '/api/v2/certifications/{key}/report', { path: { key: id } })));
  return (
    <Loaded of={query}>
      {({ disclosures, says }) => (
        <Stack>
          <Text size="sm">{says}</Text>
          {disclosures.length === 0 ? <Text c="dimmed">There is no sheet: it has no verdict.</Text> : null}
          {disclosures.map((sheet) => (
            <Disclosed key={`${sheet.guideline.id} ${sheet.program.name}`} sheet={sheet} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
};

const Disclosed = ({ sheet }: { readonly sheet: Sheet }) => (
  <Card withBorder data-testid={`disclosure-${sheet.program.name}`}>
    <Stack gap="sm">
      <Text fw={600}>
        {sheet.program.title}, guideline {sheet.guideline.id}
      </Text>
      <Text size="sm">{sheet.claim}</Text>
      <LongList title="To be known with it" lines={sheet.qualifiers} />
      <LongList title="Tests that the suite does not have" lines={sheet.missing.map(({ name }) => name)} />
      <LongList title="Failed" lines={sheet.failed.map(disclosed)} />
      <LongList title="Skipped" lines={sheet.skipped.map(disclosed)} />
      <LongList title="Not run" lines={sheet.not_run.map(({ name }) => name)} />
      <LongList
        title="Flagged in the guideline"
        lines={sheet.flagged.map(
          ({ name, outcome, flag }) =>
            `${name}: ${outcome}; ${[flag.date, flag.reason, flag.action].filter(Boolean).join(', ')}`,
        )}
      />
      <LongList
        title="Recognised otherwise than by name"
        lines={sheet.matched_otherwise.map(({ name, by }) => `${name}: by ${by}`)}
      />
      <LongList
        title="Passed only when tried again"
        lines={sheet.retried.map(({ name, attempts }) => `${name}: ${attempts.map(({ status }) => status).join(', ')}`)}
      />
      <LongList title="Capabilities without tests" lines={sheet.empty_capabilities} />
      <LongList title="As whom it was tested" lines={[asWhom(sheet.credentials)]} />
      <LongList title="Capabilities that need an administrator by the guideline" lines={sheet.need_administrator} />
      <LongList
        title="Meant for users, and tested with the rights of an administrator"
        lines={sheet.tested_as_administrator}
      />
      <LongList title="Simulated" lines={sheet.simulated} />
      <LongList
        title="Settings of the suite that are not its defaults"
        lines={sheet.settings.map(
          ({ setting, value, reason }) => `${setting} ${value === '' ? '' : `= ${value} `}(${reason})`,
        )}
      />
      <LongList
        title="Designated sections"
        lines={sheet.designated_sections.map(
          ({ project, status, guidance, sections, packages }) =>
            `${project}, ${status}: ${sections.join('; ') || guidance || 'none named'}; installed: ${packages.map(packageText).join(', ') || 'nothing known'}`,
        )}
      />
      <LongList
        title="Nodes"
        lines={sheet.nodes.map(({ name, machine, operating_system: system, kernel, package_list: list, roles }) =>
          [
            name,
            machine,
            system,
            kernel,
            list ? `${list.count} packages, listed in the evidence` : '',
            roles.join(', '),
          ]
            .filter(Boolean)
            .join('; '),
        )}
      />
      {sheet.nodes.map(({ name, packages }) => (
        <LongList key={name} title={`Packages of the cloud on ${name}`} lines={packages.map(packageText)} />
      ))}
      <LongList
        title="Attributes of the cloud"
        lines={Object.entries(sheet.attributes).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)}
      />
      <section aria-label="Digests">
        <Text size="sm" fw={600}>
          Digests
        </Text>
        {Object.entries(sheet.digests).map(([name, digest]) => (
          <Text key={name} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}: {digest === null ? 'none' : <Code>{String(digest)}</Code>}
          </Text>
        ))}
      </section>
    </Stack>
  </Card>
);

const disclosed = ({ name, reason, must_pass: mustPass }: Sheet['failed'][number]): string =>
  `${name}${mustPass ? ', must-pass' : ''}${reason ? `: ${reason}` : ''}`;

const packageText = ({
  name,
  version,
  origin,
}: Pick<Sheet['nodes'][number]['packages'][number], 'name' | 'version' | 'origin'>): string =>
  `${name} ${version}${origin ? ` (${origin})` : ''}`;

/** In the words of the report. */
const asWhom = (credentials: Sheet['credentials']): string => {
  if (!credentials) return 'Nobody knows as whom the tests ran.';
  const { kind, administrator, user_roles: userRoles } = credentials;
  const users = kind === 'made' ? 'users that an administrator made for them' : 'accounts that were given for them';
  const roles = userRoles.length > 0 ? `with the role ${userRoles.join(', ')}` : 'without a role of their own';
  return `Tests ran as ${users}, ${roles}; those that ask for an administrator ${administrator ? 'had one' : 'had none'}.`;
};
