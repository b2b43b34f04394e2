import { Liquid, LiquidError, type Template } from 'liquidjs';
import { TemplateRenderer } from '#app';
import type { JsonObject, RenderedTemplate, TemplateFault } from '#core';
import { FILTERS } from './filters.js';
import { PARSED_MAX, RENDER_MEMORY_MAX, RENDER_MS_MAX, RESULT_LENGTH_MAX, SOURCE_LENGTH_MAX } from './limits.js';

/**
 * LiquidJS as boot environments use it: a variable or a filter that does not exist is a fault, values are plain data of
 * which only own properties can be reached, nothing is read from a disk, and rendering ends after its time or its memory.
 * Values are not escaped for anybody: what a shell, YAML or JSON reads goes through the filter for it.
 */
export class LiquidRenderer extends TemplateRenderer {
  private readonly liquid = sandbox();
  private readonly parsed = new Map<string, Template[]>();

  override faults(source: string): readonly TemplateFault[] {
    try {
      this.parse(source);
      return [];
    } catch (error) {
      return [faultOf(error)];
    }
  }

  override render(source: string, values: JsonObject): RenderedTemplate {
    try {
      const text = String(this.liquid.renderSync(this.parse(source), values));
      if (text.length > RESULT_LENGTH_MAX)
        return { fault: { line: 1, column: 1, message: `the result has more than ${RESULT_LENGTH_MAX} characters` } };
      return { text };
    } catch (error) {
      return { fault: faultOf(error) };
    }
  }

  private parse(source: string): Template[] {
    const known = this.parsed.get(source);
    if (known) return known;
    const fresh = this.liquid.parse(source);
    if (this.parsed.size >= PARSED_MAX) this.parsed.delete(this.parsed.keys().next().value as string);
    this.parsed.set(source, fresh);
    return fresh;
  }
}

/** Tags that reach for other templates: a template of a boot environment stands alone. */
const REACHING = ['include', 'render', 'layout', 'block'];

const sandbox = (): Liquid => {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    // `{% if node %}` may ask for what is not there; printing it may not.
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: SOURCE_LENGTH_MAX,
    renderLimit: RENDER_MS_MAX,
    memoryLimit: RENDER_MEMORY_MAX,
    templates: {},
    dynamicPartials: false,
    cache: false,
    outputEscape: undefined,
  });
  for (const name of REACHING) delete (liquid.tags as Record<string, unknown>)[name];
  for (const [name, filter] of Object.entries(FILTERS)) liquid.registerFilter(name, filter);
  return liquid;
};

const faultOf = (error: unknown): TemplateFault => {
  if (!(error instanceof LiquidError))
    return { line: 1, column: 1, message: error instanceof Error ? error.message : String(error) };
  const [line = 1, column = 1] =
    (error as unknown as { token?: { getPosition?(): number[] } }).token?.getPosition?.() ?? [];
  return { line, column, message: error.message.replace(/, line:\d+, col:\d+$/, '') };
};
