import { createRequire } from 'node:module';

import type { Weight } from './metrics.ts';

const require = createRequire(import.meta.url);

/** The files of the printing fonts: Inter 4 under the SIL Open Font License, the same that the browser is given. */
export const FONT_FILES: Readonly<Record<Weight, string>> = {
  400: require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  600: require.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
  700: require.resolve('@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf'),
};
