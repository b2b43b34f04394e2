import type { JsonObject, RenderedTemplate, TemplateFault } from '#core';

/** The template language of boot environments. It runs no code, reads no file, and ends within its limits. */
export abstract class TemplateRenderer {
  /** What is wrong with a template whatever the values are; empty when it can be rendered. */
  abstract faults(source: string): readonly TemplateFault[];
  /** A value that is missing is a fault, never an empty text. */
  abstract render(source: string, values: JsonObject): RenderedTemplate;
}
