import { createContext, useContext } from 'react';

import type { Problem } from '../merge/problem.ts';
import type { Portal } from '../merge/special-links.ts';
import type { TextKey } from './parts.ts';

/** What every part of the builder knows. */
export type Builder = {
  readonly portal: Portal;
  readonly readOnly: boolean;
  /** What the server refused, by field. */
  readonly errors: Readonly<Record<string, string>>;
  /** Says to a screen reader what happened. */
  readonly announce: (message: string) => void;
  readonly problemsOf: (name: TextKey) => readonly Problem[];
  /** What may be printed but should be looked at, by what it is called where problems are shown. */
  readonly warningsOf: (where: string) => readonly Problem[];
  /** What does not fit, of a field or of the code or the picture. */
  readonly fitsOf: (name: TextKey | 'qr' | 'picture') => readonly string[];
};

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (builder === null) throw new Error('This part belongs into a PostcardBuilder.');
  return builder;
}
