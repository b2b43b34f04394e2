import type { UseQueryResult } from '@tanstack/react-query';
import { sentenceOf } from '../api/problem';
import { say } from '../shell/messages';
import { hasUnseen } from './proposed';

/**
 * Reads once more what somebody was shown, just before it is committed, and tells whether it may be: others propose and bind
 * meanwhile, and nobody agreed to what they could not see. Says why where it may not.
 */
export const lookAgain = async <Data>(
  query: UseQueryResult<Data>,
  destroyedBy: (data: Data) => readonly { readonly id: string }[],
): Promise<boolean> => {
  const { data: shown } = query;
  const { data: now, error } = await query.refetch();
  if (error || shown === undefined || now === undefined) {
    void say({ title: 'Nothing was committed', message: sentenceOf(error), color: 'red', autoClose: false });
    return false;
  }
  if (!hasUnseen(destroyedBy(shown), destroyedBy(now))) return true;
  void say({
    title: 'Nothing was committed',
    message: 'More was proposed meanwhile that destroys: look at the list again.',
    color: 'yellow',
    autoClose: false,
  });
  return false;
};
