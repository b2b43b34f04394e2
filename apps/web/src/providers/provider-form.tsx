import { Fieldset, Group, PasswordInput, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActButton, useAct, type Act } from '../act/act';
import { ModalButton } from '../act/modal-button';
import { call } from '../api/call';
import type { components } from '../api/schema.gen';
import { bodySchema, openApiQuery } from '../forms/body-schema';
import { useMayAdminister } from '../session/session';
import { Loaded } from '../shell/page';
import { Refused } from '../shell/refused';
import type { Provider } from './looks';
import { PartFields, withPart, type Part } from './part-fields';

type Schemas = components['schemas'];

/** What stands in place of the secret in what is copied. */
const SECRET = 'SECRET';

/** Adds a provider, or changes one. */
export const ProviderAct = ({ provider }: { readonly provider?: Provider }) => (
  <ModalButton
    label={provider ? 'Change…' : 'Add a provider…'}
    title={provider ? `Change ${provider.name}` : 'Add a provider'}
    modalSize="xl"
    refusal={useMayAdminister()}
  >
    {(close) => <ProviderForm {...(provider ? { provider } : {})} onDone={close} />}
  </ModalButton>
);

/** What is asked for beside access, wish and secret. */
const PLAIN = ['name', 'description', 'nodes_max', 'active'];

const ProviderForm = ({ provider, onDone }: { readonly provider?: Provider; readonly onDone: () => void }) => {
  const document = useQuery(openApiQuery);
  const [plain, setPlain] = useState<Part>({});
  const [access, setAccess] = useState<Part>(provider?.access ?? {});
  const [wish, setWish] = useState<Part>(provider?.wish ?? {});
  const [secret, setSecret] = useState('');
  const doing = useAct(onDone);
  // Access and wish are taken whole, so what was not touched goes along; of a change only what was changed is sent.
  const isSame = (a: Part, b: Part): boolean => JSON.stringify(a) === JSON.stringify(b);
  const body = {
    ...plain,
    ...(provider && isSame(access, provider.access) ? {} : { access }),
    ...(provider ? (isSame(wish, provider.wish) ? {} : { wish }) : Object.keys(wish).length > 0 ? { wish } : {}),
    ...(secret === '' ? {} : { secret }),
  };
  const actOf = (given: typeof body): Act => ({
    label: provider ? 'Change it' : 'Add it',
    call: provider
      ? call('patch', '/api/v2/providers/{key}', {
          path: { key: provider.id },
          body: given as Schemas['ProviderPatch'],
          version: provider.version,
        })
      : call('post', '/api/v2/providers', { body: given as never }),
    command: provider
      ? `anneal providers update ${provider.name} -f provider.yml`
      : 'anneal providers create -f provider.yml',
    changes: ['providers'],
    done: provider ? `${provider.name} is changed` : 'it is added; it is not asked anything yet',
  });
  const because =
    !provider && secret === ''
      ? 'Give the password, or the secret of the application credential.'
      : provider && Object.keys(body).length === 0
        ? 'Nothing is changed yet.'
        : null;
  return (
    <Loaded of={document}>
      {(openApi) => {
        const schema = bodySchema(
          openApi,
          provider ? 'patch' : 'post',
          provider ? '/api/v2/providers/{key}' : '/api/v2/providers',
        );
        if (!schema?.properties) return null;
        const { access: accessSchema, wish: wishSchema, secret: secretSchema } = schema.properties;
        return (
          <Stack>
            <Refused error={doing.error} />
            <PartFields
              schema={schema}
              names={PLAIN}
              value={{ ...(provider as unknown as Part), ...plain }}
              onChange={(name, to) => setPlain((before) => ({ ...before, [name]: to }))}
            />
            <Fieldset legend="How the cloud is reached">
              <Stack gap="sm">
                {accessSchema ? (
                  <PartFields
                    schema={accessSchema}
                    value={access}
                    onChange={(name, to) => setAccess((before) => withPart(before, name, to))}
                  />
                ) : null}
                <PasswordInput
                  label="secret"
                  description={`${secretSchema?.description ?? ''}${provider ? ' The one that is there stays when nothing is said.' : ''}`}
                  required={!provider}
                  autoComplete="new-password"
                  value={secret}
                  onChange={({ currentTarget }) => setSecret(currentTarget.value)}
                />
              </Stack>
            </Fieldset>
            {wishSchema ? (
              <Fieldset legend="What is wanted of it, where a node does not say otherwise">
                <Stack gap="sm">
                  <PartFields
                    schema={wishSchema}
                    value={wish}
                    onChange={(name, to) => setWish((before) => withPart(before, name, to))}
                  />
                </Stack>
              </Fieldset>
            ) : null}
            <Group justify="flex-end">
              <ActButton
                size="sm"
                variant="filled"
                act={actOf({ ...body, ...(secret === '' ? {} : { secret: SECRET }) })}
                because={because ?? (doing.isPending ? 'It is being sent.' : null)}
                onClick={() => doing.mutate(actOf(body))}
              />
            </Group>
          </Stack>
        );
      }}
    </Loaded>
  );
};
