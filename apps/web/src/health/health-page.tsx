import { Alert, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call';
import { reading } from '../api/query';
import { Loaded, Page } from '../shell/page';
import { HealthCard, PERIOD_MS } from './health-card';
import { NetbootCard } from './netboot-card';
import { QueueCard } from './queue-card';
import { WorkersCard } from './workers-card';

/** Whether everything that belongs to the installation does what it is there for. */
export const HealthPage = () => {
  const audit = useQuery(reading(call('get', '/api/v2/anneal/audit')));
  const workers = useQuery({ ...reading(call('get', '/api/v2/workers')), refetchInterval: PERIOD_MS });
  return (
    <Page title="Health">
      <Stack>
        <HealthCard title="The graph">
          <Loaded of={audit}>{(found) => <Findings found={found} />}</Loaded>
        </HealthCard>
        <HealthCard title="Workers">
          <Loaded of={workers}>{({ items }) => <WorkersCard workers={items} />}</Loaded>
        </HealthCard>
        <HealthCard title="Queue">
          <Loaded of={workers}>{({ items }) => <QueueCard workers={items} />}</Loaded>
        </HealthCard>
        <NetbootCard />
      </Stack>
    </Page>
  );
};

const Findings = ({ found }: { readonly found: unknown }) => {
  const { findings = [] } = found as { findings?: readonly unknown[] };
  return findings.length === 0 ? (
    <Text size="sm">No broken invariant was found in it.</Text>
  ) : (
    <Alert color="red" title="Broken invariants">
      <List size="sm">
        {findings.map((each) => (
          <List.Item key={JSON.stringify(each)}>{JSON.stringify(each)}</List.Item>
        ))}
      </List>
    </Alert>
  );
};
