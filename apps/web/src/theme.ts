import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Hot metal, from pale to dark; the dark end carries white text with a contrast of seven. */
const EMBER: MantineColorsTuple = [
  '#fff4e6',
  '#ffe8cc',
  '#ffd8a8',
  '#ffc078',
  '#ffa94d',
  '#f08c33',
  '#d96d1c',
  '#c2521a',
  '#ab4113',
  '#93340d',
];

/** Colours of text and controls keep a contrast of 4.5 in both themes (WCAG 2.2, 1.4.3). */
export const theme = createTheme({
  colors: { ember: EMBER },
  primaryColor: 'ember',
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: 'sm',
  components: {
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close this message' } } },
    // A tint carries the meaning, the words are to be read.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' }, label: { color: 'var(--mantine-color-text)' } } },
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "DejaVu Sans Mono", Menlo, monospace',
});

/** What is said in passing is still to be read. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#51585f',
    '--mantine-color-placeholder': '#6a7178',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--mantine-color-dimmed': '#b4b4b4',
    '--mantine-color-placeholder': '#a0a0a0',
    '--mantine-color-error': '#ff8787',
  },
});
