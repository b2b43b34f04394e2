import { Controller, Inject } from '@nestjs/common';
import { barclampRoutes } from '#api-types';
import { isRefusal } from '#core';
import { MODEL, type ModelUseCases } from '../../injected.js';
import { Answer } from '../answers.js';
import { Reading } from '../reading.js';
import { Given } from '../route/given.js';
import { Serves } from '../route/serves.js';
import { readDocument } from './read-document.js';
import { withoutSecrets } from './without-secrets.js';

@Controller()
export class BarclampsController {
  constructor(
    @Inject(MODEL) private readonly model: ModelUseCases,
    @Inject(Reading) private readonly reading: Reading,
  ) {}

  @Serves(barclampRoutes.list)
  list(@Given() { query }: Given<typeof barclampRoutes.list>) {
    return this.reading.page(query, (tx, list) => tx.barclamps.list(list));
  }

  @Serves(barclampRoutes.create)
  async create(@Given() { actor, body, headers }: Given<typeof barclampRoutes.create>) {
    const document = await readDocument(body, headers['content-type'], this.reading);
    if (isRefusal(document)) return document;
    const imported = await this.model.importBarclamp.execute(actor, document);
    if (isRefusal(imported)) return imported;
    const { barclamp, changed, outline } = imported;
    return new Answer(
      { barclamp, changed, outline },
      { headers: { location: `${barclampRoutes.list.path}/${barclamp.id}` } },
    );
  }

  @Serves(barclampRoutes.show)
  show(@Given() { params }: Given<typeof barclampRoutes.show>) {
    return this.find(params.key);
  }

  @Serves(barclampRoutes.document)
  async document(@Given() { params }: Given<typeof barclampRoutes.document>) {
    const barclamp = await this.find(params.key);
    if (isRefusal(barclamp)) return barclamp;
    return withoutSecrets(await this.reading.within((tx) => tx.barclamps.document(barclamp.id)));
  }

  @Serves(barclampRoutes.delete)
  delete(@Given() { actor, params, ifVersion }: Given<typeof barclampRoutes.delete>) {
    return this.model.deleteBarclamp.execute(actor, { barclamp: params.key, version: ifVersion });
  }

  private find(key: string) {
    return this.reading.one('barclamp', key, (tx) => tx.barclamps.find(key));
  }
}
