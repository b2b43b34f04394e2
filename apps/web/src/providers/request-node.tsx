import { Fieldset, Group, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton, useAct, type Act } from '../act/act';
import { ModalButton } from '../act/modal-button';
import { word } from '../api/as-command';
import { call } from '../api/call';
import { bodySchema, openApiQuery } from '../forms/body-schema';
import { useMayAct } from '../session/session';
import { Loaded } from '../shell/page';
import { Refused } from '../shell/refused';
import type { ProvidedNode, Provider } from './looks';
import { PartFields, withPart, type Part } from './part-fields';

/** What is asked for beside the wish, in this order. */
const PLAIN = ['name', 'deployment', 'commit', 'groups', 'description'];

/** Asks a provider for a node. It is answered at once; the steps are taken by themselves. */
export const RequestNode = ({ provider }: { readonly provider: Provider }) => (
  <ModalButton
    label="Request a node…"
    title={`Request a node of ${provider.name}`}
    variant="filled"
    modalSize="xl"
    refusal={useMayAct()}
  >
    {(close) => <RequestForm provider={provider} onDone={close} />}
  </ModalButton>
);

const RequestForm = ({ provider, onDone }: { readonly provider: Provider; readonly onDone: () => void }) => {
  const document = useQuery(openApiQuery);
  const navigate = useNavigate();
  const [plain, setPlain] = useState<Part>({});
  const [wish, setWish] = useState<Part>({});
  const doing = useAct<ProvidedNode>(({ name }) => {
    onDone();
    void navigate({ to: `/providers/${provider.id}`, search: { tab: 'nodes', node: name } as never });
  });
  const body = { ...plain, ...(Object.keys(wish).length > 0 ? { wish } : {}) };
  const act: Act<ProvidedNode> = {
    label: 'Request it',
    call: call('post', '/api/v2/providers/{key}/nodes', { path: { key: provider.id }, body: body as never }),
    command: [
      `anneal providers request ${word(provider.name)}`,
      ...Object.entries(body).map(([name, value]) =>
        word(`${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`),
      ),
    ].join(' '),
    changes: ['providers'],
    done: 'the steps are being taken',
  };
  return (
    <Loaded of={document}>
      {(openApi) => {
        const schema = bodySchema(openApi, 'post', '/api/v2/providers/{key}/nodes');
        const wishSchema = schema?.properties?.['wish'];
        if (!schema || !wishSchema) return null;
        return (
          <Stack>
            <Refused error={doing.error} />
            <PartFields
              schema={schema}
              names={PLAIN}
              value={plain}
              onChange={(name, to) => setPlain((before) => withPart(before, name, to))}
            />
            <Fieldset legend="What is wanted; what is not said here is as the provider says">
              <Stack gap="sm">
                <PartFields
                  schema={wishSchema}
                  value={wish}
                  onChange={(name, to) => setWish((before) => withPart(before, name, to))}
                />
              </Stack>
            </Fieldset>
            <Group justify="flex-end">
              <ActButton
                size="sm"
                variant="filled"
                act={act}
                because={
                  provider.active
                    ? doing.isPending
                      ? 'It is being asked for.'
                      : null
                    : `${provider.name} is not active: nothing is asked of it.`
                }
                onClick={() => doing.mutate(act)}
              />
            </Group>
          </Stack>
        );
      }}
    </Loaded>
  );
};
