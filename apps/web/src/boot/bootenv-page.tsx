import { Alert, Grid, List, Select, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { DeleteAct } from '../act/delete-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { Node } from '../api/types';
import { BodyForm } from '../resource/resource-list';
import { Loaded, Page } from '../shell/page';

/** A boot environment beside what one node would get of it. */
export const BootenvPage = () => {
  const { key } = useParams({ strict: false }) as { key: string };
  const navigate = useNavigate();
  const query = useQuery(reading(call('get', '/api/v2/bootenvs/{key}', { path: { key } })));
  return (
    <Page
      title={`Boot environment ${key}`}
      acts={
        query.data ? (
          <DeleteAct
            act={{
              label: 'Delete',
              call: call('delete', '/api/v2/bootenvs/{key}', {
                path: { key: query.data.id },
                version: query.data.version,
              }),
              command: `anneal bootenvs delete ${key}`,
              changes: ['bootenvs'],
              done: `${key} is deleted`,
            }}
            name={key}
            destroys={[]}
            says="One that a node has stays."
            onDone={() => void navigate({ to: '/bootenvs' })}
          />
        ) : null
      }
    >
      <Loaded of={query}>
        {(bootenv) => (
          <Grid>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Stack>
                {bootenv.errors.length > 0 ? (
                  <Alert color="red" title="It cannot be used">
                    <List size="sm">
                      {bootenv.errors.map((error) => (
                        <List.Item key={error}>{error}</List.Item>
                      ))}
                    </List>
                  </Alert>
                ) : null}
                <BodyForm
                  verb="patch"
                  path="/api/v2/bootenvs/{key}"
                  label={`Change ${bootenv.name}`}
                  submitLabel="Change it"
                  value={bootenv as never}
                  changes={['bootenvs']}
                  callOf={(body) =>
                    call('patch', '/api/v2/bootenvs/{key}', {
                      path: { key: bootenv.id },
                      body: body as never,
                      version: bootenv.version,
                    })
                  }
                  onDone={() => undefined}
                />
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 6 }}>
              <Rendered bootenv={bootenv.name} version={bootenv.version} />
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </Page>
  );
};

const Rendered = ({ bootenv, version }: { readonly bootenv: string; readonly version: number }) => {
  const [node, setNode] = useState<string | null>(null);
  const nodes = useQuery(
    reading(call('get', '/api/v2/nodes', { query: { fields: 'name,system', limit: '200', sort: 'name' } })),
  );
  const what = call('post', '/api/v2/bootenvs/{key}/render', {
    path: { key: bootenv },
    query: (node ? { node } : {}) as never,
  });
  const rendered = useQuery({ ...reading(what), queryKey: ['bootenvs', bootenv, 'render', node, version] });
  return (
    <Stack>
      <Select
        label="As this node would get it"
        placeholder="A machine that nobody knows"
        data={((nodes.data?.items ?? []) as Node[]).filter(({ system }) => !system).map(({ name }) => name)}
        value={node}
        onChange={setNode}
        searchable
        clearable
      />
      <Loaded of={rendered}>
        {({ files }) =>
          files.length === 0 ? (
            <Text c="dimmed">Nothing is rendered for it.</Text>
          ) : (
            <Tabs defaultValue={files[0]?.path ?? ''} keepMounted={false}>
              <Tabs.List>
                {files.map(({ path }) => (
                  <Tabs.Tab key={path} value={path}>
                    {path}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              {files.map(({ path, text, problem, secret }) => (
                <Tabs.Panel key={path} value={path} pt="sm">
                  {secret ? <Text size="sm">Only the machine itself can fetch this, once.</Text> : null}
                  {problem ? <Alert color="red">{problem}</Alert> : <pre style={{ overflowX: 'auto' }}>{text}</pre>}
                </Tabs.Panel>
              ))}
            </Tabs>
          )
        }
      </Loaded>
    </Stack>
  );
};
