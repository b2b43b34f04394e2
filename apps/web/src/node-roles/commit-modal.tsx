import { CopyAs, useAct, type Act } from '../act/act';
import { ConfirmModal } from '../act/confirm-modal';
import { Loaded } from '../shell/page';
import { lookAgain } from './look-again';
import { useProposed } from './proposed';
import { ProposedView } from './proposed-view';

export interface CommitModalProps {
  readonly act: Act;
  /** What is committed: a noderole, or a node. */
  readonly name: string;
  /** The node that it is about; its name has to be typed where something is destroyed. */
  readonly node: string;
  /** Condition of the API that the noderoles meet that would be committed. */
  readonly condition: string;
  readonly onClose: () => void;
}

/** Shows what a commit of one node or noderole would do, and does it when that is what is wanted. Nothing happens before. */
export const CommitModal = ({ act, name, node, condition, onClose }: CommitModalProps) => {
  const proposed = useProposed([condition]);
  const doing = useAct(onClose);
  const confirm = async (): Promise<void> => {
    if (await lookAgain(proposed, ({ destroys }) => destroys)) doing.mutate(act);
  };
  return (
    <ConfirmModal
      opened
      onClose={onClose}
      onConfirm={() => void confirm()}
      title={`Commit ${name}`}
      name={node}
      destroys={proposed.data?.destroys.map((each) => each.name) ?? []}
      confirmLabel="Commit"
      busy={doing.isPending || proposed.isFetching}
      ready={proposed.isSuccess}
    >
      <Loaded of={proposed}>{(data) => <ProposedView proposed={data} />}</Loaded>
      <CopyAs act={act} />
    </ConfirmModal>
  );
};
