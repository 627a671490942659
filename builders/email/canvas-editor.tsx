/** The GrapesJS editor behind the builder, reduced to what our panels need. Its code is loaded here and nowhere else. */
import type { Component, Editor, ProjectData } from 'grapesjs';

import type { EmailDocument } from './document.ts';
import type { OutlineNode, Path, Place } from './structure.ts';

import { nameFrames, readNode } from './canvas-page.tsx';
import { type CanvasSample, badgeLabel, registerComponents } from './canvas-components.tsx';
import { canvasStyle, frameStyle } from './canvas-style.ts';
import { parseEmailDocument } from './document.ts';
import { cleanRichText } from './rich-text.ts';
import { placeCaret, startTyping } from './rich-typing.tsx';

export type Device = 'desktop' | 'phone';

/** What the person sees of the editor's state. */
export type CanvasState = {
  /** Null when the email has grown past what can be saved; `error` says why. */
  readonly document: EmailDocument | null;
  readonly error: string | null;
  readonly selected: Path | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** The element on the canvas in which the person types, if any. */
  readonly typing: HTMLElement | null;
};

export type CanvasEditor = ReturnType<typeof controls>;

type Typing = { element: HTMLElement; component: Component; stop: () => void };
type Start = {
  host: HTMLElement;
  document: EmailDocument;
  sample: CanvasSample;
  readOnly: boolean;
  onState: (state: CanvasState) => void;
  /** A key pressed on the canvas that the builder answers itself. */
  onKey: (event: KeyboardEvent) => void;
};

/**
 * Starts GrapesJS with MJML in an element and shows a document. Resolves when the canvas can be used; rejects when its code
 * can't be loaded. `onState` is called after each change, once per frame.
 */
export async function startCanvas(start: Start): Promise<CanvasEditor> {
  const [{ default: grapesjs }, { default: mjml }] = await Promise.all([
    import('grapesjs'),
    import('grapesjs-mjml'),
    import('grapesjs/dist/css/grapes.min.css'),
  ]);
  const editor = grapesjs.init({
    container: start.host,
    height: '100%',
    width: 'auto',
    customUI: true,
    storageManager: false,
    noticeOnUnload: false,
    telemetry: false,
    cssIcons: '',
    multipleSelection: false,
    canvasCss: canvasStyle,
    panels: { defaults: [] },
    blockManager: { custom: true, blocks: [] },
    styleManager: { custom: true },
    traitManager: { custom: true },
    layerManager: { custom: true },
    selectorManager: { custom: true },
    assetManager: { custom: true },
    modal: { custom: true },
    richTextEditor: { custom: true },
    keymaps: { defaults: {} },
    undoManager: { trackSelection: false },
    deviceManager: {
      devices: [
        { id: 'desktop', name: 'Desktop', width: '' },
        { id: 'phone', name: 'Phone', width: '390px', widthMedia: '' },
      ],
    },
    canvas: { frameStyle, customBadgeLabel: badgeLabel, allowExternalDrop: false },
    plugins: [
      (host) =>
        mjml(host, {
          blocks: [],
          resetBlocks: false,
          resetStyleManager: false,
          resetDevices: false,
          overwriteExport: false,
          useCustomTheme: false,
          columnsPadding: '',
        }),
      (host) => registerComponents(host, start.sample),
    ],
    projectData: start.document.project as unknown as ProjectData,
  });
  if (!editor.getModel().get('ready')) await new Promise<void>((resolve) => editor.onReady(() => resolve()));
  return controls(editor, start);
}

function controls(editor: Editor, start: Start) {
  let typing: Typing | null = null;
  let onTyping: ((element: HTMLElement) => void) | null = null;
  let frame = 0;
  const body = (): Component => {
    const found =
      editor.getWrapper()?.find('[data-gjs-type="mj-body"]')[0] ??
      editor.getWrapper()?.components().at(0)?.components().at(0);
    if (found === undefined) throw new Error('The email on the canvas has no body.');
    return found;
  };
  const at = (path: Path): Component => {
    const found = path.reduce<Component | undefined>((parent, index) => parent?.components().at(index), body());
    if (found === undefined) throw new Error(`Nothing stands at ${path.join('.')}.`);
    return found;
  };
  const pathOf = (component: Component | undefined): Path | null => {
    const path: number[] = [];
    let each = component;
    for (; each !== undefined && each.get('type') !== 'mj-body'; each = each.parent()) path.unshift(each.index());
    if (each === undefined || path.length === 0 || path.length > 3) return null;
    // The only column of a section is not a thing of its own in the outline.
    const section = path[0] ?? 0;
    return path.length === 2 && at([section]).components().length === 1 ? [section] : path;
  };
  const read = () => {
    const live =
      typing === null ? null : { component: typing.component, content: cleanRichText(typing.element.innerHTML) };
    const project = {
      pages: [
        {
          frames: [
            { component: { type: 'wrapper', components: [{ type: 'mjml', components: [readNode(body(), live)] }] } },
          ],
        },
      ],
    };
    return parseEmailDocument({ version: 1, project });
  };
  const reportNow = () => {
    cancelAnimationFrame(frame);
    const parsed = read();
    start.onState({
      document: parsed.ok ? parsed.document : null,
      error: parsed.ok ? null : parsed.error,
      selected: pathOf(editor.getSelected()),
      canUndo: editor.UndoManager.hasUndo(),
      canRedo: editor.UndoManager.hasRedo(),
      typing: typing?.element ?? null,
    });
  };
  // GrapesJS tells of one change many times; our own actions report at once, so that the next key finds the new state.
  const report = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(reportNow);
  };

  editor.setCustomRte({
    parseContent: false,
    enable(element: HTMLElement, _rte: unknown, options) {
      const { view, event } = options as unknown as { view: { model: Component }; event?: Event };
      const component = view.model;
      const stop = startTyping(element, report, () => component.trigger('disable'));
      typing = { element, component, stop };
      placeCaret(element, event);
      onTyping?.(element);
      onTyping = null;
      report();
      return typing;
    },
    disable() {
      typing?.stop();
      typing = null;
      report();
    },
    getContent: (element: HTMLElement) => cleanRichText(element.innerHTML),
  });
  editor.on(
    'component:add component:remove component:update component:selected component:deselected component:input undo redo',
    report,
  );
  editor.on('canvas:drop', (_data, dropped) => editor.select(dropped));
  const frameDocument = editor.Canvas.getDocument();
  frameDocument?.addEventListener('keydown', start.onKey);
  nameFrames(editor, start.host);
  if (start.readOnly)
    editor
      .getWrapper()
      ?.onAll((each) =>
        each.set({ selectable: false, hoverable: false, draggable: false, editable: false, droppable: false }),
      );
  editor.UndoManager.clear();
  report();

  return {
    select(path: Path | null) {
      if (path === null) editor.select();
      else {
        editor.select(at(path));
        editor.Canvas.scrollTo(at(path), { behavior: 'smooth', block: 'nearest' });
      }
      reportNow();
    },
    /** Adds a node at a place and selects it. */
    insert(node: OutlineNode, place: Place) {
      const [added] = at(place.parent).append(node, { at: place.index });
      editor.select(added);
      reportNow();
    },
    /** Moves a node; the place is where it stands among its new siblings once it has left its old place. */
    move(path: Path, place: Place) {
      const component = at(path);
      const parent = at(place.parent);
      // GrapesJS counts the place before the node leaves it.
      const later = component.parent() === parent && place.index > component.index() ? 1 : 0;
      component.move(parent, { at: place.index + later });
      editor.select(component);
      reportNow();
    },
    duplicate(path: Path) {
      const component = at(path);
      const [copy] = component.parent()?.append(component.clone(), { at: component.index() + 1 }) ?? [];
      if (copy !== undefined) editor.select(copy);
      reportNow();
    },
    remove(path: Path, next: Path | null) {
      at(path).remove();
      editor.select(next === null ? undefined : at(next));
      reportNow();
    },
    /** Sets attributes of a node; undefined or '' takes one away. An empty path is the body. */
    setAttributes(path: Path, changes: Record<string, string | undefined>) {
      const component = at(path);
      const merged = { ...(component.get('attributes') as Record<string, string>), ...changes };
      component.setAttributes(
        Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined && value !== '')),
      );
      report();
    },
    setContent(path: Path, content: string) {
      at(path).set('content', content);
      report();
    },
    /** Replaces the children of a node, such as the links of a social block. */
    setChildren(path: Path, children: readonly object[]) {
      at(path).components([...children] as never);
      report();
    },
    /** Starts typing in a text block at the end of its text; the element that is typed in, or null if it can't be. */
    startTyping(path: Path): Promise<HTMLElement | null> {
      const started = new Promise<HTMLElement | null>((resolve) => {
        onTyping = resolve;
        setTimeout(() => resolve(null), 1_000);
      });
      editor.select(at(path));
      at(path).trigger('active');
      return started;
    },
    stopTyping() {
      typing?.component.trigger('disable');
    },
    undo: () => void editor.UndoManager.undo(),
    redo: () => void editor.UndoManager.redo(),
    setDevice: (device: Device) => editor.setDevice(device),
    refresh: () => editor.refresh(),
    /** While a block is dragged from outside, with the browser's own drag and drop. What is dropped gets selected. */
    startDrag: (node: OutlineNode) => editor.Canvas.startDrag({ content: node }),
    endDrag: () => editor.Canvas.endDrag(),
    /** The email as it stands this moment. */
    read,
    destroy() {
      typing?.stop();
      typing = null;
      frameDocument?.removeEventListener('keydown', start.onKey);
      editor.destroy();
      // Last: going away is told as a change, and there is nothing left to read then.
      cancelAnimationFrame(frame);
    },
  };
}
