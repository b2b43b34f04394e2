import type { Call } from '../api/call';
import { BodyForm } from '../resource/resource-list';
import { useMayAct, useMayAdminister } from '../session/session';
import { ModalButton } from './modal-button';

export interface FormActProps {
  readonly label: string;
  readonly title: string;
  readonly verb: 'post' | 'patch' | 'put';
  /** As the OpenAPI document has it; the form is made of its body. */
  readonly path: string;
  readonly value?: Readonly<Record<string, unknown>>;
  readonly changes: readonly string[];
  readonly callOf: (body: Record<string, unknown>) => Call;
  readonly forAdmins?: boolean;
  readonly size?: 'xs' | 'compact-xs';
  readonly color?: string;
}

/** A button for what needs to be told more: a form of the call's body, with what the server says of its fields. */
export const FormAct = (props: FormActProps) => {
  const { label, title, verb, path, value, changes, callOf, forAdmins = false, ...button } = props;
  const [mayAct, mayAdminister] = [useMayAct(), useMayAdminister()];
  return (
    <ModalButton label={label} title={title} refusal={forAdmins ? mayAdminister : mayAct} {...button}>
      {(close) => (
        <BodyForm
          verb={verb}
          path={path}
          label={label}
          submitLabel={label}
          {...(value ? { value } : {})}
          changes={changes}
          callOf={callOf}
          onDone={close}
        />
      )}
    </ModalButton>
  );
};
