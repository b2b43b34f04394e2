import { Alert } from '@mantine/core';
import { sentenceOf } from '../api/problem';

/** Why something was not done, beside what would have done it. Nothing while there is no error. */
export const Refused = ({ error, title }: { readonly error: unknown; readonly title?: string }) =>
  error === null || error === undefined ? null : (
    <Alert color="red" role="alert" title={title}>
      {sentenceOf(error)}
    </Alert>
  );
