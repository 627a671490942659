import { Tabs, VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';

import { BlocksPanel } from './BlocksPanel.tsx';
import { CanvasPanel } from './CanvasPanel.tsx';
import './EmailBuilder.css';
import { StructurePanel } from './StructurePanel.tsx';
import { type BlockKind, type Brand, blockChoices, newBlock, section } from './blocks.ts';
import { type Builder, BuilderContext, type Images } from './builder-context.tsx';
import { useCanvas } from './canvas.tsx';
import { type EmailDocument, bodyOf } from './document.ts';
import { PropertiesPanel } from './properties/PropertiesPanel.tsx';
import { type Path, insertionPlace, movePlace, nodeAt, nodeName, selectionAfterDelete } from './structure.ts';

export type { Brand } from './blocks.ts';
export type { Images } from './builder-context.tsx';

export type EmailBuilderProps = {
  /** Where to start from; read once. Give the builder another `key` to show another email. */
  document: EmailDocument;
  /** Called some 600 ms after the last change, with the newest state only, and at once when the page is left. */
  onChange: (document: EmailDocument) => void;
  images: Images;
  brand: Brand;
  /** False makes links to the portal an error in place (S0-06). */
  portalReady: boolean;
  portalSettingsHref: string;
  readOnly?: boolean;
};

/** Below this width of its own the builder shows one panel at a time. */
const NARROW = 900;

type Panel = 'email' | 'blocks' | 'structure' | 'properties';

/** The visual email builder: blocks, canvas, properties and structure. GrapesJS is loaded when it is on the page, never before. */
export function EmailBuilder({
  document: start,
  onChange,
  images,
  brand,
  portalReady,
  portalSettingsHref,
  readOnly = false,
}: EmailBuilderProps) {
  const { ref: frame, width } = useElementSize();
  const root = useRef<HTMLDivElement>(null);
  const [panel, setPanel] = useState<Panel | null>(null);
  const [message, setMessage] = useState('');
  const narrow = width > 0 && width < NARROW;

  const keys = useRef<(event: KeyboardEvent) => void>(() => undefined);
  const canvas = useCanvas({
    document: start,
    companyName: brand.companyName,
    postalAddress: brand.postalAddress,
    readOnly,
    onChange,
    onKey: (event) => keys.current(event),
  });
  const { editor, state } = canvas;
  const body = useMemo(() => bodyOf(state.document ?? start), [state.document, start]);
  const node = state.selected === null ? null : nodeAt(body, state.selected);
  const selected = node === null ? null : state.selected;

  const announce = (text: string) => setMessage((before) => (before === text ? `${text} ` : text));
  const add = (kind: BlockKind) => {
    if (editor === null) return;
    editor.stopTyping();
    const added = newBlock(kind, brand);
    const place = insertionPlace(body, selected, added.type === 'mj-section');
    if (added.type === 'mj-section' || !place.wrap) editor.insert(added, place);
    else {
      editor.insert(section([added]), place);
      editor.select([...place.parent, place.index, 0, 0]);
    }
    if (narrow) setPanel('email');
    announce(`${blockChoices.find((choice) => choice.kind === kind)?.label ?? 'Block'} added.`);
  };
  const move = (path: Path, direction: 'up' | 'down') => {
    const place = movePlace(body, path, direction);
    const moved = nodeAt(body, path);
    if (place === null || moved === null)
      return announce(direction === 'up' ? 'Already at the top.' : 'Already at the bottom.');
    editor?.move(path, place);
    announce(`${nodeName(moved)} moved ${direction}.`);
  };
  const duplicate = (path: Path) => {
    const copied = nodeAt(body, path);
    if (copied === null) return;
    editor?.duplicate(path);
    announce(`${nodeName(copied)} duplicated.`);
  };
  const remove = (path: Path) => {
    const gone = nodeAt(body, path);
    if (gone === null) return;
    editor?.remove(path, selectionAfterDelete(body, path));
    announce(`${nodeName(gone)} deleted. Undo brings it back.`);
  };
  const editSelected = () => {
    setPanel('properties');
    requestAnimationFrame(() => {
      const properties = root.current?.querySelector('.fp-properties');
      const fields = ['[role="textbox"]', 'input:not([type="hidden"])', 'button', '[data-properties-heading]'];
      const found = fields.map((field) => properties?.querySelector<HTMLElement>(field));
      found.find((field) => field != null)?.focus();
    });
  };
  const onKey = (event: KeyboardEvent) => {
    const target = event.target as Element;
    const writing = target.closest?.('input, textarea, [contenteditable="true"]') != null;
    if (writing || readOnly || editor === null) return;
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    const onCanvas = target.ownerDocument !== root.current?.ownerDocument;
    if (command && (key === 'y' || (key === 'z' && event.shiftKey))) editor.redo();
    else if (command && key === 'z') editor.undo();
    else if (onCanvas && (key === 'delete' || key === 'backspace') && selected !== null) remove(selected);
    else return;
    event.preventDefault();
  };
  // One set of keys for the page and for the canvas, which is a page of its own.
  useEffect(() => {
    const element = root.current;
    keys.current = onKey;
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  });
  const builder: Builder = {
    editor,
    body,
    selected,
    node,
    brand,
    images,
    portal: { ready: portalReady, settingsHref: portalSettingsHref },
    readOnly,
    typing: state.typing,
    select: (path) => editor?.select(path),
    add,
    move,
    duplicate,
    remove,
    editSelected,
    announce,
  };
  const shown = narrow ? (panel ?? 'email') : panel === 'structure' ? panel : 'properties';
  return (
    <BuilderContext.Provider value={builder}>
      <div
        ref={root}
        role="group"
        aria-label="Email builder"
        className="fp-builder"
        data-narrow={narrow || undefined}
        data-panel={shown}
      >
        <div ref={frame} className="fp-builder-frame">
          {!narrow && <BlocksPanel narrow={false} />}
          <CanvasPanel canvas={canvas} narrow={narrow} />
          <Tabs
            value={shown}
            onChange={(value) => setPanel((value ?? 'properties') as Panel)}
            keepMounted={false}
            className="fp-side"
          >
            <Tabs.List grow={narrow} aria-label="Panels">
              {narrow && <Tabs.Tab value="email">Email</Tabs.Tab>}
              {narrow && !readOnly && <Tabs.Tab value="blocks">Blocks</Tabs.Tab>}
              <Tabs.Tab value="properties">Properties</Tabs.Tab>
              <Tabs.Tab value="structure">Structure</Tabs.Tab>
            </Tabs.List>
            {narrow && <Tabs.Panel value="email">{null}</Tabs.Panel>}
            {narrow && (
              <Tabs.Panel value="blocks" p="md">
                <BlocksPanel narrow />
              </Tabs.Panel>
            )}
            <Tabs.Panel value="properties" p="md">
              <PropertiesPanel />
            </Tabs.Panel>
            <Tabs.Panel value="structure" p="md">
              <StructurePanel />
            </Tabs.Panel>
          </Tabs>
        </div>
        <VisuallyHidden role="status" aria-live="polite">
          {message}
        </VisuallyHidden>
      </div>
    </BuilderContext.Provider>
  );
}
