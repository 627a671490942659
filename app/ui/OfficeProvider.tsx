import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  MantineProvider,
  mergeMantineTheme,
} from '@mantine/core';

import { resolveVariables, theme } from './theme.ts';

/** The theme's CSS variables, written once: Mantine would work them out again for every page. */
const variables = (() => {
  const whole = mergeMantineTheme(DEFAULT_THEME, theme);
  const [own, defaults, ours] = [
    defaultCssVariablesResolver(whole),
    defaultCssVariablesResolver(DEFAULT_THEME), // these stand in Mantine's own stylesheet already
    resolveVariables(whole),
  ];
  const changed = (part: 'variables' | 'light' | 'dark') => {
    const standing: Record<string, string> = defaults[part];
    const all: Record<string, string> = { ...own[part], ...ours[part] };
    return Object.fromEntries(Object.entries(all).filter(([name, value]) => standing[name] !== value));
  };
  return convertCssVariables(
    { variables: changed('variables'), light: changed('light'), dark: changed('dark') },
    ':root',
  );
})();

/** The office's look around a page. */
export function OfficeProvider({ children }: { children: React.ReactNode }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolveVariables}
      defaultColorScheme="auto"
      withCssVariables={false}
    >
      <style data-mantine-styles dangerouslySetInnerHTML={{ __html: variables }} />
      {children}
    </MantineProvider>
  );
}
