import { Alert, Anchor, Grid, List, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { DeleteAct } from '../act/delete-act';
import { call } from '../api/call';
import { reading } from '../api/query';
import type { components } from '../api/schema.gen';
import type { Node } from '../api/types';
import { useAsked } from '../ask/use-asked';
import { BodyForm } from '../resource/resource-list';
import { Loaded, Page } from '../shell/page';
import classes from './bootenv.module.css';

type Bootenv = components['schemas']['BootenvDetail'];

/** What stands beside a rendered file, as the address has it; a name of a node is another one. */
const SOURCE = '-source';
const NOBODY = '-nobody';

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
            <Rendered bootenv={bootenv} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
};

/** What nodes get of it: for one node beside the sources of the templates, or for two nodes beside each other. */
const Rendered = ({ bootenv }: { readonly bootenv: Bootenv }) => {
  const [{ node, beside, file }, ask] = useAsked({ node: '', beside: SOURCE, file: '' });
  const nodes = useQuery(
    reading(call('get', '/api/v2/nodes', { query: { fields: 'name,system', limit: '200', sort: 'name' } })),
  );
  const names = ((nodes.data?.items ?? []) as Node[]).filter(({ system }) => !system).map(({ name }) => name);
  const paths = Object.keys(bootenv.files);
  const path = paths.includes(file) ? file : (paths[0] ?? '');
  return paths.length === 0 ? (
    <Text c="dimmed">Nothing is rendered for it.</Text>
  ) : (
    <section aria-label="As nodes get it">
      <Select
        label="File"
        data={paths}
        value={path}
        allowDeselect={false}
        onChange={(to) => ask({ file: to ?? '' }, { isStep: true })}
        maw={360}
        mb="sm"
      />
      <Grid>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Select
            label="As this node would get it"
            placeholder="A machine that nobody knows"
            data={names}
            value={node === '' ? null : node}
            onChange={(to) => ask({ node: to ?? '' }, { isStep: true })}
            searchable
            clearable
          />
          <FileFor bootenv={bootenv} node={node} path={path} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Select
            label="Beside it"
            data={[
              { value: SOURCE, label: 'the source of its template' },
              { value: NOBODY, label: 'as a machine that nobody knows' },
              ...names.map((name) => ({ value: name, label: `as ${name} would get it` })),
            ]}
            value={beside}
            allowDeselect={false}
            onChange={(to) => ask({ beside: to ?? SOURCE }, { isStep: true })}
            searchable
          />
          {beside === SOURCE ? (
            <Source of={bootenv.files[path] ?? ''} />
          ) : (
            <FileFor bootenv={bootenv} node={beside === NOBODY ? '' : beside} path={path} />
          )}
        </Grid.Col>
      </Grid>
    </section>
  );
};

/** One file of a boot environment as a node would get it; as a machine that is no node when none is named. */
const FileFor = (props: { readonly bootenv: Bootenv; readonly node: string; readonly path: string }) => {
  const { bootenv, node, path } = props;
  const what = call('post', '/api/v2/bootenvs/{key}/render', {
    path: { key: bootenv.name },
    query: (node === '' ? {} : { node }) as never,
  });
  const rendered = useQuery({
    ...reading(what),
    queryKey: ['bootenvs', bootenv.name, 'render', node, bootenv.version],
  });
  return (
    <Loaded of={rendered}>
      {({ files }) => {
        const file = files.find((each) => each.path === path);
        return file === undefined ? (
          <Text c="dimmed">It does not get this file.</Text>
        ) : (
          <>
            {file.secret ? <Text size="sm">Only the machine itself can fetch this, once.</Text> : null}
            {file.problem ? <Alert color="red">{file.problem}</Alert> : null}
            {file.text === null ? null : (
              <Listing label={node === '' ? `${path} for nobody` : `${path} for ${node}`} text={file.text} />
            )}
          </>
        );
      }}
    </Loaded>
  );
};

const Source = ({ of: template }: { readonly of: string }) => {
  const query = useQuery(reading(call('get', '/api/v2/templates/{key}', { path: { key: template } })));
  return (
    <Loaded of={query}>
      {({ source, name }) => (
        <>
          <Listing label={`Source of ${name}`} text={source} />
          <Anchor component={Link} to="/bootenvs" search={{ tab: 'templates', item: name } as never} size="sm">
            Change {name}
          </Anchor>
        </>
      )}
    </Loaded>
  );
};

/** A text whose lines are not broken; whoever has no mouse scrolls it by its keys. */
const Listing = ({ label, text }: { readonly label: string; readonly text: string }) => (
  <pre role="region" aria-label={label} tabIndex={0} className={classes['listing']}>
    {text}
  </pre>
);
