import { ModalButton } from '../act/modal-button';
import { Attribs } from '../attribs/attribs';

/** Values of a role that hold for all nodes where nobody says otherwise. */
export const RoleAttribs = ({ id, name }: { readonly id: string; readonly name: string }) => (
  <ModalButton label="Attributes…" title={`Attributes of ${name}`} modalSize="xl">
    {() => <Attribs holder="roles" id={id} name={`role/${name}`} />}
  </ModalButton>
);
