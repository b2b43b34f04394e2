import { Controller } from '@nestjs/common';
import { docsRoutes, openApiDocument } from '#api-types';
import { VERSION } from '../../version.js';
import { TextAnswer } from '../answers.js';
import { Serves } from '../route/serves.js';
import { docsPage, DOCS_STYLE } from './docs-page.js';

@Controller()
export class DocsController {
  /** The same for as long as the process lives; made when somebody asks first, because it takes half a second. */
  private document: Record<string, unknown> | null = null;
  private html: string | null = null;

  @Serves(docsRoutes.openapi)
  openapi() {
    return (this.document ??= openApiDocument(VERSION));
  }

  @Serves(docsRoutes.page)
  page() {
    return new TextAnswer((this.html ??= docsPage(this.openapi())), 'text/html; charset=utf-8');
  }

  @Serves(docsRoutes.style)
  style() {
    return new TextAnswer(DOCS_STYLE, 'text/css; charset=utf-8');
  }
}
