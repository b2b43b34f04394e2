import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Attribs } from '../attribs/attribs';

/** Values of a role that hold for all nodes where nobody says otherwise. */
export const RoleAttribs = ({ id, name }: { readonly id: string; readonly name: string }) => {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="light" onClick={open}>
        Attributes…
      </Button>
      <Modal opened={opened} onClose={close} title={`Attributes of ${name}`} size="xl">
        {opened ? <Attribs holder="roles" id={id} name={`role/${name}`} /> : null}
      </Modal>
    </>
  );
};
