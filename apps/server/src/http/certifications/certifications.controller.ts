import { Controller, Inject } from '@nestjs/common';
import { certificationRoutes } from '#api-types';
import { printable } from '#app';
import { isRefusal, junitDocument, reportPage, UNOFFICIAL_RESULTS } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Answer, BytesAnswer, TextAnswer } from '../answers.js';
import { pageAnswer } from '../page-answer.js';
import { readBytes } from '../read-text.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { accessOf } from './access.js';
import { goalsOf } from './goals.js';
import { htmlAnswer } from './html-answer.js';
import { LOOK_DIGESTS } from './look-digests.js';
import { scopeOf } from './scope.js';

@Controller()
export class CertificationsController {
  constructor(@Inject(MODEL) private readonly model: ModelUseCases) {}

  @Serves(certificationRoutes.list)
  list(@Given() { query }: Given<typeof certificationRoutes.list>) {
    return pageAnswer(query, (list) => this.model.listCertifications.execute(list));
  }

  @Serves(certificationRoutes.create)
  async create(@Given() { actor, body }: Given<typeof certificationRoutes.create>) {
    const { endpoint, scope: given, ...input } = body;
    const scope = scopeOf(given);
    if (isRefusal(scope)) return scope;
    const started = await this.model.startCertification.execute(actor, {
      ...input,
      scope,
      ...(endpoint ? { access: accessOf(endpoint) } : {}),
    });
    return this.made(started);
  }

  @Serves(certificationRoutes.import)
  async import(@Given() { actor, query, body }: Given<typeof certificationRoutes.import>) {
    const goals = goalsOf(query.goals);
    if (isRefusal(goals)) return goals;
    const bytes = readBytes(body, 'a file of results');
    if (isRefusal(bytes)) return bytes;
    const { release = null, format, cloud, note } = query;
    const imported = await this.model.importResults.execute(actor, {
      ...{ format, cloud, goals, bytes, facts: { release } },
      ...(note === undefined ? {} : { note }),
    });
    return this.made(imported);
  }

  @Serves(certificationRoutes.history)
  async history(@Given() { query }: Given<typeof certificationRoutes.history>) {
    const { limit, ...of } = query;
    const items = await this.model.certificationHistory.execute({
      ...of,
      ...(limit === undefined ? {} : { limit: Math.max(1, Number(limit)) }),
    });
    return isRefusal(items) ? items : { items };
  }

  @Serves(certificationRoutes.show)
  show(@Given() { params }: Given<typeof certificationRoutes.show>) {
    return this.model.showCertification.execute({ certification: params.key });
  }

  @Serves(certificationRoutes.patch)
  patch(@Given() { actor, params, ifVersion, body }: Given<typeof certificationRoutes.patch>) {
    return this.model.editCertification.execute(actor, { certification: params.key, version: ifVersion, ...body });
  }

  @Serves(certificationRoutes.official)
  official(@Given() { principal, params, ifVersion, body }: Given<typeof certificationRoutes.official>) {
    return this.model.markOfficial.execute(principal!, { certification: params.key, version: ifVersion, ...body });
  }

  @Serves(certificationRoutes.cancel)
  async cancel(@Given() { actor, params }: Given<typeof certificationRoutes.cancel>) {
    const cancelled = await this.model.cancelCertification.execute(actor, { certification: params.key });
    return isRefusal(cancelled) ? cancelled : { ...cancelled.certification, cancel: cancelled.cancel };
  }

  @Serves(certificationRoutes.resume)
  async resume(@Given() { actor, params, body }: Given<typeof certificationRoutes.resume>) {
    const { endpoint, ...rest } = body;
    const access = endpoint ? { access: accessOf(endpoint) } : {};
    return this.made(
      await this.model.resumeCertification.execute(actor, { certification: params.key, ...rest, ...access }),
    );
  }

  @Serves(certificationRoutes.retry)
  async retry(@Given() { actor, params, body }: Given<typeof certificationRoutes.retry>) {
    const { endpoint, ...rest } = body;
    const access = endpoint ? { access: accessOf(endpoint) } : {};
    return this.made(
      await this.model.retryCertification.execute(actor, { certification: params.key, ...rest, ...access }),
    );
  }

  @Serves(certificationRoutes.outcomes)
  outcomes(@Given() { params, query }: Given<typeof certificationRoutes.outcomes>) {
    return pageAnswer(query, (list) => this.model.listOutcomes.execute(list, { certification: params.key }));
  }

  @Serves(certificationRoutes.verdicts)
  async verdicts(@Given() { params, query }: Given<typeof certificationRoutes.verdicts>) {
    const { guideline, program } = query;
    if (guideline !== undefined && program !== undefined) {
      const verdict = await this.model.judgeCertification.execute({ certification: params.key, guideline, program });
      return isRefusal(verdict) ? verdict : { items: [verdict] };
    }
    const found = await this.model.readVerdicts.execute({ certification: params.key });
    return isRefusal(found) ? found : { items: found.verdicts.map(({ verdict }) => verdict) };
  }

  @Serves(certificationRoutes.fits)
  async fits(@Given() { params }: Given<typeof certificationRoutes.fits>) {
    const items = await this.model.fitCertification.execute({ certification: params.key });
    return isRefusal(items) ? items : { items };
  }

  @Serves(certificationRoutes.compare)
  compare(@Given() { params, query }: Given<typeof certificationRoutes.compare>) {
    return this.model.compareCertifications.execute({ after: params.key, ...query });
  }

  @Serves(certificationRoutes.explain)
  explain(@Given() { params }: Given<typeof certificationRoutes.explain>) {
    return this.model.explainCertification.execute({ certification: params.key });
  }

  @Serves(certificationRoutes.report)
  async report(@Given() { params }: Given<typeof certificationRoutes.report>) {
    const report = await this.model.readReport.execute({ certification: params.key });
    return isRefusal(report) ? report : { says: UNOFFICIAL_RESULTS, ...report };
  }

  @Serves(certificationRoutes.report_html)
  async reportHtml(@Given() { params }: Given<typeof certificationRoutes.report_html>) {
    const report = await this.model.readReport.execute({ certification: params.key });
    return isRefusal(report) ? report : htmlAnswer(reportPage(printable(report), LOOK_DIGESTS));
  }

  @Serves(certificationRoutes.junit)
  async junit(@Given() { params }: Given<typeof certificationRoutes.junit>) {
    const report = await this.model.readReport.execute({ certification: params.key });
    return isRefusal(report)
      ? report
      : new TextAnswer(junitDocument(printable(report)), 'application/xml; charset=utf-8');
  }

  @Serves(certificationRoutes.stream)
  async stream(@Given() { params }: Given<typeof certificationRoutes.stream>) {
    const bytes = await this.model.readStream.execute({ certification: params.key });
    return isRefusal(bytes) ? bytes : new BytesAnswer(bytes, 'application/octet-stream');
  }

  @Serves(certificationRoutes.evidence)
  async evidence(@Given() { params }: Given<typeof certificationRoutes.evidence>) {
    const bundle = await this.model.buildEvidence.execute({ certification: params.key });
    if (isRefusal(bundle)) return bundle;
    return new BytesAnswer(bundle.bytes, 'application/x-tar', {
      'content-disposition': `attachment; filename="${bundle.name}"`,
    });
  }

  @Serves(certificationRoutes.refstack)
  async refstack(@Given() { params, query }: Given<typeof certificationRoutes.refstack>) {
    const upload = await this.model.buildRefstack.execute({ certification: params.key, sign: query.sign === 'true' });
    if (isRefusal(upload)) return upload;
    const { body, signature } = upload;
    return new TextAnswer(body, 'application/json', {
      ...(signature ? { 'x-signature': signature.signature, 'x-public-key': signature.publicKey } : {}),
    });
  }

  private made(result: Awaited<ReturnType<ModelUseCases['startCertification']['execute']>>) {
    if (isRefusal(result)) return result;
    return new Answer(result, { headers: { location: `${certificationRoutes.list.path}/${result.id}` } });
  }
}
