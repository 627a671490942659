import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Evergreen: 7 is the one strong colour, #1E6B52. */
const evergreen: MantineColorsTuple = [
  '#eef6f2',
  '#dcebe4',
  '#b6d6c8',
  '#8dc0aa',
  '#69ad90',
  '#4a9a7a',
  '#2f8264',
  '#1e6b52',
  '#175642',
  '#0f4030',
];
const amber: MantineColorsTuple = [
  '#fff7e6',
  '#fcecc9',
  '#f6d894',
  '#efc35c',
  '#e3ab2f',
  '#c98f12',
  '#b27c07',
  '#9a6700',
  '#7d5300',
  '#5f3f00',
];
const brick: MantineColorsTuple = [
  '#fdf0ee',
  '#f8dcd8',
  '#efb8b1',
  '#e49087',
  '#d96c60',
  '#cb4f42',
  '#b94034',
  '#a6372b',
  '#882c22',
  '#692119',
];
const steel: MantineColorsTuple = [
  '#eef4fb',
  '#dbe7f5',
  '#b5cde9',
  '#8cb1dc',
  '#6797cf',
  '#4a81c1',
  '#376db0',
  '#2b5c9e',
  '#234a80',
  '#1a3862',
];

/** The office's look: paper, ink, hairlines, one colour. See docs/look.md for the reasons. */
export const theme = createTheme({
  colors: { evergreen, amber, brick, steel },
  primaryColor: 'evergreen',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  black: '#1d2420',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '18px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '16px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  shadows: { md: '0 8px 24px rgba(29, 36, 32, 0.12), 0 1px 3px rgba(29, 36, 32, 0.08)' },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm', autosize: true, minRows: 2 } },
    Select: { defaultProps: { size: 'sm' } },
    NativeSelect: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { radius: 'md', withBorder: true } },
    Modal: {
      defaultProps: {
        centered: true,
        shadow: 'md',
        closeButtonProps: { 'aria-label': 'Close' },
        // It appears where it stays: a button that moves between press and release of the mouse loses the click.
        transitionProps: { transition: 'fade', duration: 120 },
      },
    },
    Menu: { defaultProps: { shadow: 'md' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** Both schemes' ground, ink and hairlines, each checked for 4.5:1. Use the `--fp-*` names in CSS. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#fbfaf7',
    '--mantine-color-text': '#1d2420',
    '--mantine-color-dimmed': '#5c665f',
    '--mantine-color-default-border': '#e6e2da',
    '--mantine-color-placeholder': '#6b746e',
    '--mantine-color-error': '#a6372b',
    '--mantine-color-anchor': '#1e6b52',
    '--fp-card': '#ffffff',
    '--fp-line': '#e6e2da',
    '--fp-hover': '#f4f1ea',
    '--fp-paid': '#1e6b52',
    '--fp-soon': '#8a5c00',
    '--fp-overdue': '#a6372b',
    '--fp-sending': '#2b5c9e',
    '--fp-draft': '#5c665f',
  },
  dark: {
    '--mantine-color-body': '#151917',
    '--mantine-color-text': '#e8ebe7',
    '--mantine-color-dimmed': '#a3ada6',
    '--mantine-color-default-border': '#333a36',
    '--mantine-color-placeholder': '#98a29b',
    '--mantine-color-error': '#ee8e83',
    '--mantine-color-anchor': '#7cc4a6',
    '--fp-card': '#1c211e',
    '--fp-line': '#333a36',
    '--fp-hover': '#242a27',
    '--fp-paid': '#7cc4a6',
    '--fp-soon': '#e3b04b',
    '--fp-overdue': '#ee8e83',
    '--fp-sending': '#8fb6e6',
    '--fp-draft': '#a3ada6',
  },
});
