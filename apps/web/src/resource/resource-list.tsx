import { Anchor, Drawer, Group, Modal, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { ActButton, CopyAs, useAct, type Act } from '../act/act';
import { ConfirmModal } from '../act/confirm-modal';
import { ModalButton } from '../act/modal-button';
import { asFields, word } from '../api/as-command';
import type { Call } from '../api/call';
import { usePages, type Pages } from '../api/pages';
import { ProblemError } from '../api/problem';
import { useAsked } from '../ask/use-asked';
import { bodySchema, openApiQuery } from '../forms/body-schema';
import { SchemaForm } from '../forms/schema-form';
import { withoutSecrets } from '../forms/without-secrets';
import { useLive } from '../live/live';
import { useMayAct, useMayAdminister } from '../session/session';
import { PlainFacts } from '../shell/facts';
import { Loaded } from '../shell/page';
import { Refused } from '../shell/refused';
import { Rows } from '../shell/rows';
import type { Resource } from './resource';

type Named = { readonly id?: string; readonly version?: number };

/** The list of a resource with all that can be done with it. */
export function ResourceList<Item extends Named>({ of: resource }: { readonly of: Resource<Item> }) {
  const [{ sort, item: opened }, ask] = useAsked({ sort: resource.sort ?? '', item: '' });
  const query = usePages<Item>(resource.list({ ...(sort ? { sort } : {}) }));
  const shown = useOpened(query, opened, resource.nameOf);
  const open = (name: string) => ask({ item: name }, { isStep: true });
  useLive(resource.news ? { kind: resource.news } : null, [resource.noun]);
  const named = {
    id: 'name',
    label: 'Name',
    width: 2,
    cell: (item: Item) =>
      resource.pageOf ? (
        <Anchor component={Link} to={resource.pageOf(item)} size="sm">
          {resource.nameOf(item)}
        </Anchor>
      ) : (
        <Anchor component="button" type="button" size="sm" onClick={() => open(resource.nameOf(item))}>
          {resource.nameOf(item)}
        </Anchor>
      ),
  };
  return (
    <Stack gap="sm">
      {resource.create ? <CreateButton resource={resource} /> : null}
      <Rows
        of={query}
        columns={[named, ...resource.columns]}
        idOf={(item: Item) => item.id ?? resource.nameOf(item)}
        label={resource.title}
        empty={resource.empty}
        sort={sort}
        onSort={(to) => ask({ sort: to })}
      />
      {shown ? <ItemDrawer resource={resource} item={shown} onClose={() => open('')} /> : null}
    </Stack>
  );
}

/** The one that the address names. Where the list is not read so far yet, more of it is read until it is there. */
function useOpened<Item>(query: Pages<Item>, name: string, nameOf: (item: Item) => string): Item | null {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const found =
    name === '' ? undefined : data?.pages.flatMap(({ items }) => items).find((item) => nameOf(item) === name);
  const isSought = name !== '' && found === undefined && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (isSought) void fetchNextPage();
  }, [isSought, fetchNextPage]);
  return found ?? null;
}

const useRefusal = (forAdmins: boolean | undefined): string | null => {
  const act = useMayAct();
  const administer = useMayAdminister();
  return forAdmins ? administer : act;
};

function CreateButton<Item extends Named>({ resource }: { readonly resource: Resource<Item> }) {
  const [said, setSaid] = useState<ReactNode>(null);
  const refusal = useRefusal(resource.forAdmins);
  const { create } = resource;
  if (!create) return null;
  return (
    <Group justify="flex-end">
      <ModalButton label={`New ${resource.one}`} title={`New ${resource.one}`} variant="filled" refusal={refusal}>
        {(close) => (
          <BodyForm
            verb="post"
            path={create.path}
            label={`New ${resource.one}`}
            submitLabel="Make it"
            changes={[resource.noun]}
            callOf={(body) => create.call(body as never)}
            commandOf={(body) => `anneal ${resource.command} create ${asFields(body)}`}
            onDone={(answer) => {
              setSaid(create.done?.(answer as never) ?? null);
              close();
            }}
          />
        )}
      </ModalButton>
      <Modal opened={said !== null} onClose={() => setSaid(null)} title={`New ${resource.one}`}>
        {said}
      </Modal>
    </Group>
  );
}

/** All that is known of one, and how it is changed or deleted. */
export function ItemDrawer<Item extends Named>(props: {
  readonly resource: Resource<Item>;
  readonly item: Item;
  readonly onClose: () => void;
}) {
  const { resource, item, onClose } = props;
  const [confirming, confirm] = useDisclosure();
  const refusal = useRefusal(resource.forAdmins);
  const doing = useAct(onClose);
  const { update, remove } = resource;
  const name = resource.nameOf(item);
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={`${resource.one} ${name}`}>
      <Stack>
        <PlainFacts of={item as Readonly<Record<string, unknown>>} />
        {resource.acts ? <Group gap="xs">{resource.acts(item)}</Group> : null}
        {update && refusal === null ? (
          <BodyForm
            verb="patch"
            path={update.path}
            label={`Change ${name}`}
            submitLabel="Change it"
            value={item as Readonly<Record<string, unknown>>}
            changes={[resource.noun]}
            callOf={(body) => update.call(item, body as never)}
            commandOf={(body) => `anneal ${resource.command} update ${word(name)} ${asFields(body)}`}
            onDone={onClose}
          />
        ) : null}
        {remove ? (
          <>
            <ActButton
              act={{
                label: 'Delete',
                call: remove(item),
                command: `anneal ${resource.command} delete ${name}`,
                changes: [resource.noun],
              }}
              color="red"
              because={refusal}
              onClick={confirm.open}
            />
            <ConfirmModal
              opened={confirming}
              onClose={confirm.close}
              onConfirm={() =>
                doing.mutate({
                  label: 'Delete',
                  call: remove(item),
                  changes: [resource.noun],
                  done: `${name} is deleted`,
                })
              }
              title={`Delete ${name}`}
              name={name}
              confirmLabel="Delete"
              busy={doing.isPending}
            >
              {`The ${resource.one} ${name} will be gone.`}
            </ConfirmModal>
          </>
        ) : null}
      </Stack>
    </Drawer>
  );
}

interface BodyFormProps {
  readonly verb: 'post' | 'patch' | 'put';
  readonly path: string;
  readonly label: string;
  readonly submitLabel: string;
  readonly value?: Readonly<Record<string, unknown>>;
  readonly changes: readonly string[];
  readonly callOf: (body: Record<string, unknown>) => Call;
  /** The same on the command line, where it has it. */
  readonly commandOf?: (body: Record<string, unknown>) => string;
  readonly onDone: (answer: unknown) => void;
}

/** The form of a call's body. What the server refuses stands above it, and at the field it speaks of. */
export const BodyForm = (props: BodyFormProps) => {
  const { verb, path, label, submitLabel, value, changes, callOf, commandOf, onDone } = props;
  const document = useQuery(openApiQuery);
  const doing = useAct<unknown>(onDone);
  return (
    <Loaded of={document}>
      {(openApi) => {
        const schema = bodySchema(openApi, verb, path);
        if (!schema) return null;
        const actOf = (body: Record<string, unknown>): Act => ({
          label,
          call: callOf(body),
          ...(commandOf ? { command: commandOf(body) } : {}),
          changes,
        });
        return (
          <Stack>
            <Refused error={doing.error} />
            <SchemaForm
              schema={schema}
              {...(value ? { value } : {})}
              submitLabel={submitLabel}
              busy={doing.isPending}
              faults={faultsOf(doing.error)}
              onSubmit={(body) => doing.mutate(actOf(body))}
              besides={(body) =>
                body ? <CopyAs act={actOf(withoutSecrets(schema, body) as Record<string, unknown>)} /> : null
              }
            />
          </Stack>
        );
      }}
    </Loaded>
  );
};

/** The field that a refusal speaks of, with its sentence. */
const faultsOf = (error: unknown): Readonly<Record<string, string>> => {
  if (!(error instanceof ProblemError)) return {};
  const { field, errors } = (error.problem.fields ?? {}) as { field?: string; errors?: { at: string; says: string }[] };
  return {
    ...(field ? { [field]: error.message } : {}),
    ...Object.fromEntries((errors ?? []).map(({ at, says }) => [at.split('/')[1] ?? '', says])),
  };
};
