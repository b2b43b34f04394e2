import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { call } from '../api/call';
import { forget, queryClient, reading } from '../api/query';
import type { components } from '../api/schema.gen';
import { useLive } from '../live/live';

export type CertificationDetail = components['schemas']['CertificationDetail'];
/** As lists have it: without what only one alone is shown with. */
export type Certification = Omit<CertificationDetail, 'settings' | 'load_list' | 'inputs'>;

/**
 * One certification, fed as long as it is on the screen. While its tests end, only what says how far it is is read again;
 * at its beginning and its end everything of it.
 */
export const useCertification = (id: string): UseQueryResult<CertificationDetail> => {
  const query = useQuery(reading(call('get', '/api/v2/certifications/{key}', { path: { key: id } })));
  useLive({ kind: 'certification.*' }, ['certifications'], (events) => {
    const ours = events.filter(({ data }) => (data as { certification?: string } | null)?.certification === id);
    if (ours.length === 0) return;
    if (ours.some(({ kind }) => kind !== 'certification.progress')) forget('certifications');
    else {
      const key = ['certifications', id];
      void queryClient.invalidateQueries({ queryKey: key, exact: true });
      void queryClient.invalidateQueries({ queryKey: [...key, 'outcomes'] });
    }
  });
  return query;
};

/** `2020.06/compute`, as it is typed. */
export const goalText = ({ guideline, program }: { readonly guideline: string; readonly program: string }): string =>
  `${guideline}/${program}`;

export const isEnded = ({ ended_at: at }: Pick<Certification, 'ended_at'>): boolean => at !== null;
