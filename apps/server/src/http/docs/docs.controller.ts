import { Controller } from '@nestjs/common';
import { docsRoutes, openApiDocument } from '#api-types';
import { VERSION } from '../../version.js';
import { TextAnswer } from '../answers.js';
import { Serves } from '../route/serves.js';
import { docsPage, DOCS_STYLE } from './docs-page.js';

/** The same for as long as the process lives, so made once. */
const DOCUMENT = openApiDocument(VERSION);
const PAGE = docsPage(DOCUMENT);

@Controller()
export class DocsController {
  @Serves(docsRoutes.openapi)
  openapi() {
    return DOCUMENT;
  }

  @Serves(docsRoutes.page)
  page() {
    return new TextAnswer(PAGE, 'text/html; charset=utf-8');
  }

  @Serves(docsRoutes.style)
  style() {
    return new TextAnswer(DOCS_STYLE, 'text/css; charset=utf-8');
  }
}
