import { isRefusal, printRefstack, refstackDocument, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { CertificationDetail } from '../ports/certification-store.js';
import type { RefstackSignature, Signer } from '../ports/signer.js';
import { runsOf } from './conclude.js';
import { certificationNamed } from './read-certifications.js';

export interface RefstackUpload {
  /** Exactly these bytes are uploaded, and signed. */
  readonly body: string;
  readonly signature: RefstackSignature | null;
}

/**
 * What RefStack would be sent of a certification and of those that it goes on from: the tests that passed in any of them.
 * Nothing is sent; whoever uploads it does so with a program of their own.
 */
export class BuildRefstack {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'signer'>) {}

  async execute(input: { readonly certification: string; readonly sign?: boolean }): Promise<RefstackUpload | Refusal> {
    const { signer } = this.parts;
    if (!signer) return refuse('unavailable', 'this process has no keys: start it with ANNEAL_HOME.');
    const document = await this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      if (isRefusal(certification)) return certification;
      if (!certification.endedAt)
        return refuse('wrong-state', `certification ${certification.id} has not ended: wait for its end.`);
      const cpid = cpidOf(certification, signer);
      if (isRefusal(cpid)) return cpid;
      let seconds = 0;
      for (const id of await tx.certifications.line(certification.id))
        seconds += (await tx.certifications.find(id))?.seconds ?? 0;
      return refstackDocument({ cpid, seconds, outcomes: (await runsOf(tx, certification)).flat() });
    });
    if (isRefusal(document)) return document;
    const body = printRefstack(document);
    const signature = input.sign ? signer.signRefstack(body) : null;
    return isRefusal(signature) ? signature : { body, signature };
  }
}

/** The id of the identity service, as the cloud told it; else, as RefStack's own client does, the MD5 of its host. */
const cpidOf = ({ id, inputs, endpoint }: CertificationDetail, signer: Signer): string | Refusal => {
  const told = inputs?.cloud['identity_service_id'];
  if (typeof told === 'string' && /^[0-9a-f]{32}$/.test(told)) return told;
  const url = endpoint?.identityUrl ?? /^uri_v3 = (\S+)$/m.exec(inputs?.conf ?? '')?.[1];
  const host = url && URL.canParse(url) ? new URL(url).hostname : null;
  if (host === null)
    return refuse(
      'wrong-state',
      `nobody knows where the cloud of certification ${id} answers, so RefStack has no name for it.`,
    );
  return signer.md5(host);
};
