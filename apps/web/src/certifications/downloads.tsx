import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload, IconExternalLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { call } from '../api/call';
import { ProblemError, sentenceOf } from '../api/problem';
import type { Problem } from '../api/types';
import type { CertificationDetail } from './use-certification';

/** Forms in which a certification can be had as a file. */
const formsOf = ({ id, stream_bytes: bytes, stream_gone_at: gone }: CertificationDetail) => {
  const path = { key: id };
  return [
    {
      label: 'Evidence, all in one signed archive',
      end: 'evidence.tar',
      of: call('get', '/api/v2/certifications/{key}/evidence', { path }),
    },
    {
      label: 'What passed, as RefStack takes it',
      end: 'refstack.json',
      of: call('get', '/api/v2/certifications/{key}/refstack', { path }),
    },
    { label: 'Report as JSON', end: 'report.json', of: call('get', '/api/v2/certifications/{key}/report', { path }) },
    {
      label: 'Outcomes as JUnit XML',
      end: 'junit.xml',
      of: call('get', '/api/v2/certifications/{key}/junit', { path }),
    },
    ...(bytes > 0 && gone === null
      ? [
          {
            label: 'The raw stream of the suite',
            end: 'subunit',
            of: call('get', '/api/v2/certifications/{key}/stream', { path }),
          },
        ]
      : []),
  ];
};

/** Evidence of a whole suite is gathered while one waits, in milliseconds. */
const GATHERED_MS_MAX = 300_000;

/** Everything that can be taken away of a certification. What cannot be made is refused with its reason, not downloaded. */
export const Downloads = ({ of }: { readonly of: CertificationDetail }) => {
  const saving = useMutation({
    mutationFn: async ({ path, name }: { readonly path: string; readonly name: string }) => {
      const answer = await fetch(path, { signal: AbortSignal.timeout(GATHERED_MS_MAX) });
      if (!answer.ok) throw new ProblemError((await answer.json()) as Problem);
      save(await answer.blob(), name);
    },
    onError: (error) =>
      notifications.show({ title: 'Not downloaded', message: sentenceOf(error), color: 'red', autoClose: false }),
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="light" loading={saving.isPending}>
          Download…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          component="a"
          href={call('get', '/api/v2/certifications/{key}/report.html', { path: { key: of.id } }).path}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconExternalLink size={14} aria-hidden />}
        >
          Report as one page
        </Menu.Item>
        {formsOf(of).map(({ label, end, of: { path } }) => (
          <Menu.Item
            key={end}
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={() => saving.mutate({ path, name: `certification-${of.id}.${end}` })}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
};

const save = (bytes: Blob, name: string): void => {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it over by the next turn.
  setTimeout(() => URL.revokeObjectURL(address));
};
