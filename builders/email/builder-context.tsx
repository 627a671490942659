import { createContext, useContext } from 'react';

import type { Portal } from '../merge/special-links.ts';
import type { BlockKind, Brand } from './blocks.ts';
import type { CanvasEditor } from './canvas-editor.tsx';
import type { BodyNode } from './document.ts';
import type { OutlineNode, Path } from './structure.ts';

/** The company's pictures. `upload` says what is wrong with a file in words for the person. */
export type Images = {
  readonly upload: (file: File) => Promise<{ url: string } | { error: string }>;
  /** Pictures that were uploaded before, newest first. */
  readonly list: readonly { readonly url: string; readonly name: string }[];
};

/** What every panel of the builder works with. */
export type Builder = {
  readonly editor: CanvasEditor | null;
  readonly body: BodyNode;
  readonly selected: Path | null;
  readonly node: OutlineNode | null;
  readonly brand: Brand;
  readonly images: Images;
  readonly portal: Portal;
  readonly readOnly: boolean;
  readonly typing: HTMLElement | null;
  readonly select: (path: Path | null) => void;
  readonly add: (kind: BlockKind) => void;
  readonly move: (path: Path, direction: 'up' | 'down') => void;
  readonly duplicate: (path: Path) => void;
  readonly remove: (path: Path) => void;
  /** Shows the properties of what is selected and puts the focus into the first of them. */
  readonly editSelected: () => void;
  readonly announce: (message: string) => void;
};

export const BuilderContext = createContext<Builder | null>(null);

/** The builder around this panel; throws outside one. */
export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (builder === null) throw new Error('This panel stands outside the email builder.');
  return builder;
}
