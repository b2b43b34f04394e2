import { FormAct } from '../act/form-act';
import { call } from '../api/call';
import { useSelf } from './session';

/** Sets the password of whoever is signed in; an administrator sets that of others. */
export const PasswordButton = ({ user, label }: { readonly user: string; readonly label: string }) => (
  <FormAct
    label={label}
    title={`Password of ${user}`}
    verb="put"
    path="/api/v2/users/{key}/password"
    changes={['users']}
    callOf={(body) => call('put', '/api/v2/users/{key}/password', { path: { key: user }, body: body as never })}
  />
);

export const OwnPassword = () => {
  const self = useSelf();
  return self?.actor ? <PasswordButton user={self.actor} label="Set my password…" /> : null;
};
