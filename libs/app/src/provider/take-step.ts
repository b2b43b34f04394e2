import {
  isRefusal,
  pickOf,
  type CloudOffer,
  type ProviderStep,
  type ProviderWish,
  type Refusal,
  type StepAnswer,
} from '#core';
import type { FirstLogin, FirstReach } from '../ports/first-login.js';
import type { NodeProvider } from '../ports/node-provider.js';
import type { KeyedProvider, ProvidedChange, ProvidedNode } from '../ports/provider-store.js';
import type { SecretBox } from '../ports/secret-box.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { CALL_DEADLINE_MS, REQUESTS_MAX, VISIT_DEADLINE_MS } from './limits.js';

/** How one attempt at a step ended, and what is to be written of it. */
export type StepEnd =
  | {
      readonly kind: 'done';
      readonly answer: Exclude<StepAnswer, 'no'>;
      readonly says: string;
      readonly change?: ProvidedChange;
      readonly offer?: CloudOffer;
    }
  | { readonly kind: 'not-yet'; readonly says: string; readonly change?: ProvidedChange; readonly againMs?: number }
  | { readonly kind: 'failed'; readonly says: string };

export interface StepParts {
  readonly unitOfWork: UnitOfWork;
  readonly login: FirstLogin;
  readonly secrets: SecretBox;
}

/** What one step is taken with. */
export interface StepAt {
  readonly node: ProvidedNode;
  readonly provider: KeyedProvider;
  readonly driver: NodeProvider;
}

/** Where a new machine listens for SSH when nobody says otherwise. */
const SSH_PORT = 22;

export const keyNameOf = (node: Pick<ProvidedNode, 'id'>): string => `anneal-${node.id}`;
const belongsTo = (node: Pick<ProvidedNode, 'id'>): string => `provided_nodes/${node.id}/key`;

/** The provider's own wish, and over it that of the node. */
export const wishOf = ({ node, provider }: Pick<StepAt, 'node' | 'provider'>): ProviderWish => ({
  ...provider.wish,
  ...node.wish,
});

/** Takes a step once. It may be taken again at any time: what an earlier attempt has done is found. */
export const takeStep = (parts: StepParts, step: ProviderStep, at: StepAt): Promise<StepEnd> => STEPS[step](parts, at);

const call = (): AbortSignal => AbortSignal.timeout(CALL_DEADLINE_MS);

const addKey = async (parts: StepParts, { node, driver }: StepAt): Promise<StepEnd> => {
  const publicKey = node.publicKey;
  if (node.keySealed === null || publicKey === null) return await makeKey(parts, node);
  const asked = await driver.addKey({ name: keyNameOf(node), publicKey }, call());
  if (asked.kind !== 'done') return asked;
  return { kind: 'done', answer: asked.answer, says: asked.says, change: { keyRef: asked.key } };
};

/** Kept before the cloud hears of it: a key that only the cloud knew would open nothing. */
const makeKey = async ({ login, secrets }: StepParts, node: ProvidedNode): Promise<StepEnd> => {
  const { privateKey, publicKey } = login.makeKey();
  const sealed = secrets.seal(privateKey, belongsTo(node));
  if (isRefusal(sealed)) return { kind: 'failed', says: sealed.detail };
  return { kind: 'not-yet', says: 'its key was made', change: { keySealed: sealed, publicKey }, againMs: 0 };
};

const readOffer = async (_parts: StepParts, { driver }: StepAt): Promise<StepEnd> => {
  const asked = await driver.readOffer(call());
  if (asked.kind !== 'done') return asked;
  return { kind: 'done', answer: asked.answer, says: asked.says, offer: asked.offer };
};

const pick = async ({ unitOfWork }: StepParts, at: StepAt): Promise<StepEnd> => {
  const offer = await unitOfWork.read((tx) => tx.providers.offer(at.provider.id));
  if (!offer) return { kind: 'failed', says: 'what the cloud offers was not kept: ask for the node once more' };
  const choice = pickOf(offer, wishOf(at));
  if (isRefusal(choice)) return { kind: 'failed', says: choice.detail };
  const { network, flavor, image } = choice.picked;
  const says = [`${flavor.name}, ${image.name}, on ${network.name}`, ...choice.guessed].join('; ');
  return {
    kind: 'done',
    answer: choice.guessed.length > 0 ? 'partial' : 'yes',
    says,
    change: { picked: choice.picked },
  };
};

const request = async (_parts: StepParts, at: StepAt): Promise<StepEnd> => {
  const { node, driver } = at;
  if (!node.picked || !node.keyRef) return LOST;
  const order = { token: node.id, name: node.name, key: node.keyRef, picked: node.picked, wish: wishOf(at) };
  const asked = await driver.request(order, call());
  if (asked.kind === 'not-yet')
    return { ...asked, ...(asked.server === undefined ? {} : { change: { server: asked.server } }) };
  if (asked.kind === 'done') {
    const isSecond = node.requests > 0;
    const says = isSecond ? `${asked.says}; ${node.requests} server before it ended in an error` : asked.says;
    return { kind: 'done', answer: isSecond ? 'partial' : asked.answer, says, change: { server: asked.server } };
  }
  const requests = node.requests + 1;
  if (!asked.again || requests >= REQUESTS_MAX) return asked;
  return { kind: 'not-yet', says: `${asked.says}; another server is asked for`, change: { server: null, requests } };
};

const address = async (_parts: StepParts, { node, driver }: StepAt): Promise<StepEnd> => {
  if (!node.picked || !node.server) return LOST;
  const asked = await driver.address({ token: node.id, picked: node.picked, server: node.server }, call());
  if (asked.kind === 'not-yet')
    return { ...asked, ...(asked.floating === undefined ? {} : { change: { floating: asked.floating } }) };
  if (asked.kind === 'failed') return asked;
  const { answer, says, address: at, floating } = asked;
  return { kind: 'done', answer, says, change: { address: at, floating } };
};

const logIn = async (parts: StepParts, at: StepAt): Promise<StepEnd> => {
  const { node, driver } = at;
  const reach = reachOf(parts, at);
  if (isRefusal(reach)) return { kind: 'failed', says: reach.detail };
  if (!node.picked || !node.server) return LOST;
  const told = reach.hostKey === null ? await driver.hostKeys(node.server, call()) : [];
  const hostKey = reach.hostKey ?? told.find((key) => key.startsWith('ssh-ed25519 ')) ?? told[0] ?? null;
  const end = await parts.login.logIn({ ...reach, hostKey }, node.picked.accounts, VISIT_DEADLINE_MS);
  if (end.kind !== 'done') return end;
  const says = [
    `as ${end.account}${end.refused.length > 0 ? `, after ${end.refused.join(', ')}` : ''}`,
    hostKey === null
      ? 'the cloud does not tell the host key, which was trusted at first contact'
      : 'the host key is the one that the machine told the cloud',
  ];
  return {
    kind: 'done',
    answer: end.refused.length > 0 ? 'partial' : 'yes',
    says: says.join('; '),
    change: { account: end.account, hostKey: end.hostKey },
  };
};

const secure = async (parts: StepParts, at: StepAt): Promise<StepEnd> => {
  const visited = visitedOf(parts, at);
  if (isRefusal(visited)) return { kind: 'failed', says: visited.detail };
  const keys = await parts.unitOfWork.read((tx) => tx.machines.workerKeys());
  if (keys.length === 0) return { kind: 'not-yet', says: 'no worker has said by which key it logs in' };
  const end = await parts.login.secure(visited, keys, VISIT_DEADLINE_MS);
  if (end.kind !== 'done') return end;
  if (end.offers.length === 0) return { kind: 'done', answer: 'yes', says: end.says };
  return {
    kind: 'done',
    answer: 'partial',
    says: `root logs in by key, and the server still offers ${end.offers.join(' and ')}: ${end.says}`,
  };
};

const removeKey = async (parts: StepParts, at: StepAt): Promise<StepEnd> => {
  const { node, driver } = at;
  const visited = visitedOf(parts, at);
  if (isRefusal(visited)) return { kind: 'failed', says: visited.detail };
  if (!node.publicKey || !node.keyRef) return LOST;
  const forgotten = await parts.login.forgetKey(visited, node.publicKey, VISIT_DEADLINE_MS);
  if (forgotten.kind !== 'done') return forgotten;
  const asked = await driver.removeKey({ name: keyNameOf(node), key: node.keyRef }, call());
  if (asked.kind !== 'done') return asked;
  return { kind: 'done', answer: asked.answer, says: asked.says, change: { keyRef: null, keySealed: null } };
};

const STEPS: Readonly<Record<ProviderStep, (parts: StepParts, at: StepAt) => Promise<StepEnd>>> = {
  'add-key': addKey,
  'read-offer': readOffer,
  pick,
  request,
  address,
  'log-in': logIn,
  secure,
  'remove-key': removeKey,
};

const LOST: StepEnd = { kind: 'failed', says: 'what an earlier step found was not kept: ask for the node once more' };

const reachOf = ({ secrets }: StepParts, at: StepAt): FirstReach | Refusal => {
  const { node } = at;
  const privateKey = node.keySealed === null ? null : secrets.open(node.keySealed, belongsTo(node));
  if (privateKey === null || node.address === null)
    return {
      refused: true,
      code: 'unavailable',
      detail: 'its key does not open with the key of this worker: give it the secrets.key of the installation',
    };
  return {
    name: node.name,
    address: node.address,
    port: wishOf(at).ssh_port ?? SSH_PORT,
    privateKey,
    hostKey: node.hostKey,
  };
};

const visitedOf = (
  parts: StepParts,
  at: StepAt,
): (FirstReach & { readonly account: string; readonly hostKey: string }) | Refusal => {
  const reach = reachOf(parts, at);
  if (isRefusal(reach)) return reach;
  const { account, hostKey } = at.node;
  if (account === null || hostKey === null)
    return { refused: true, code: 'unavailable', detail: 'nobody has logged in' };
  return { ...reach, account, hostKey };
};
