/**
 * How our components look and behave on the GrapesJS canvas. The types of grapesjs-mjml are adapted where they would write
 * unescaped attributes, change the document while drawing, or open dialogs of their own.
 */
import type { Component, Editor } from 'grapesjs';

import { FOOTER, INVITATION_NOTE, INVOICE_SUMMARY } from './document.ts';
import { escapeHtml } from './rich-text.ts';
import { type OutlineNode, kindName } from './structure.ts';

/** What the canvas shows in place of a company's own data. */
export type CanvasSample = { readonly companyName: string; readonly postalAddress: string };

type MjmlView = { model: Component; el: HTMLElement };
type DrawnView = MjmlView &
  Record<'renderAttributes' | 'renderStyle' | 'postRender', () => void> & { getTemplateFromMjml(): string };
type Template = { start: string; end: string };

const NO_PICTURE = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" width="536" height="140"><rect width="536" height="140" fill="#F4F2ED"/>' +
    '<text x="268" y="76" font-family="sans-serif" font-size="15" fill="#5C665F" text-anchor="middle">No picture yet</text></svg>',
)}`;

const inColumn = '[data-gjs-type="mj-column"]';

const DRAWN_BY_MJML = ['mj-section', 'mj-column', 'mj-text', 'mj-button', 'mj-divider', 'mj-spacer', 'mj-social'];

/** Teaches an editor that has the grapesjs-mjml plugin our component types. Runs once, before a project is loaded. */
export function registerComponents(editor: Editor, sample: CanvasSample): void {
  const { Components } = editor;
  const leaf = { draggable: inColumn, droppable: false, highlightable: true };

  for (const type of ['mjml', 'mj-body']) {
    Components.addType(type, { model: { defaults: { tagName: type, selectable: false, hoverable: false } } });
  }
  for (const type of DRAWN_BY_MJML) {
    Components.addType(type, { model: { defaults: { tagName: type } }, view: { getInnerMjmlTemplate: mjmlTag } });
  }
  for (const type of ['mj-divider', 'mj-spacer', 'mj-social']) Components.addType(type, { model: { defaults: leaf } });
  // The label is edited in Button Properties, where its Url stands too.
  Components.addType('mj-button', { model: { defaults: { ...leaf, editable: false, traits: [] } } });
  Components.addType('mj-text', {
    model: { defaults: leaf },
    view: { onRender: editOnSecondClick(editor), onDisable: stopUnlessTool },
  });
  Components.addType('mj-social-element', {
    model: { defaults: { tagName: 'mj-social-element', selectable: false, hoverable: false, draggable: false } },
    view: { getInnerMjmlTemplate: socialTag },
  });
  keepDrawingOutOfHistory(editor);

  // The image type of GrapesJS opens an asset dialog and writes a placeholder into the document; ours does neither.
  Components.addType('mj-image', {
    extend: 'mj-spacer',
    model: {
      defaults: {
        ...leaf,
        tagName: 'mj-image',
        'style-default': { align: 'center' },
        stylable: ['width', 'align', 'padding-top', 'padding-right', 'padding-bottom', 'padding-left', 'border-radius'],
      },
    },
    view: { getInnerMjmlTemplate: imageTag, getChildrenSelector: () => 'img' },
  });
  Components.addType(INVITATION_NOTE, { extend: 'mj-text', model: { defaults: { ...leaf, tagName: 'mj-text' } } });
  const drawn = (draw: (model: Component) => string) => ({
    getInnerMjmlTemplate(this: unknown): Template {
      return { start: draw((this as MjmlView).model), end: '' };
    },
    render(this: unknown) {
      const view = this as DrawnView;
      view.renderAttributes();
      view.el.innerHTML = view.getTemplateFromMjml();
      view.renderStyle();
      view.postRender();
      return view as never;
    },
  });
  const plain = { extend: 'mj-spacer', model: { defaults: { ...leaf, 'style-default': {} } } };
  Components.addType(INVOICE_SUMMARY, { ...plain, view: drawn(invoiceSummaryMjml) });
  Components.addType(FOOTER, { ...plain, view: drawn((model) => footerMjml(model, sample)) });
}

/** "Button" on the badge over a component, in place of a tag name. */
export function badgeLabel(component: Component): string {
  return kindName(component.get('type') as OutlineNode['type']) ?? '';
}

/** The type face of the sent email. */
const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif";

function mjmlTag(this: MjmlView): Template {
  const name = String(this.model.get('tagName'));
  const face: Record<string, string> = ['mj-text', 'mj-button'].includes(name) ? { 'font-family': FONT } : {};
  return tag(name, { ...face, ...attributesOf(this.model) });
}

function imageTag(this: MjmlView): Template {
  const given = attributesOf(this.model);
  return tag('mj-image', { ...given, src: given.src ?? NO_PICTURE, alt: given.alt ?? '' });
}

function socialTag(this: MjmlView): Template {
  // The name would bring a picture from MJML's own server.
  const { name: _, ...given } = attributesOf(this.model);
  return tag('mj-social-element', given);
}

function tag(name: string, attributes: Record<string, string>): Template {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeHtml(value)}"`);
  return { start: `<${name}${written.join('')}>`, end: `</${name}>` };
}

function attributesOf(model: Component): Record<string, string> {
  const given = Object.entries((model.get('attributes') ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    given.filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && entry[1] !== '' && entry[0] !== 'id' && entry[0] !== 'style',
    ),
  );
}

/** A first click selects a text, a second starts typing in it; no double click needed. */
function editOnSecondClick(editor: Editor) {
  const heard = new WeakSet<HTMLElement>();
  return ({ el, model }: { el: HTMLElement; model: Component }) => {
    if (heard.has(el)) return;
    heard.add(el);
    el.addEventListener('click', (event) => {
      if (editor.getSelected() === model && !editor.getEditing()) model.trigger('active', event);
    });
  };
}

/** Typing ends when the person clicks elsewhere, but not on a tool that acts on what they type. */
function stopUnlessTool(this: unknown, reason?: object): void {
  const target = reason instanceof Event ? reason.target : null;
  if (target instanceof Element && target.closest('[data-keep-typing]') !== null) return;
  void (this as { disableEditing(why?: object): Promise<void> }).disableEditing(reason);
}

/** A column adds style rules when it is drawn, which must not count as something the person did. */
function keepDrawingOutOfHistory(editor: Editor): void {
  const column = editor.Components.getType('mj-column');
  const draw = column?.view.prototype.render as (...all: unknown[]) => unknown;
  editor.Components.addType('mj-column', {
    view: {
      render(...all: unknown[]) {
        editor.UndoManager.skip(() => draw.apply(this, all));
        return this;
      },
    },
  });
}

function invoiceSummaryMjml(model: Component): string {
  const {
    'background-color': ground = '#FBFAF7',
    'border-color': line = '#E6E2DA',
    color = '#1D2420',
    ...box
  } = attributesOf(model);
  const rule = `border-top:1px solid ${escapeHtml(line)}`;
  const row = (name: string, value: string, style = '') =>
    `<tr style="${style}"><td style="padding:8px 16px;color:#5C665F">${name}</td><td align="right" style="padding:8px 16px">${value}</td></tr>`;
  const rows =
    row('Invoice', '{{ invoice.number }}') +
    row('For', '{{ invoice.summary }}', rule) +
    row('Due date', '{{ invoice.due_date }}', rule) +
    row('<strong>Amount due</strong>', '<strong>{{ invoice.amount_due }}</strong>', rule);
  const inner = `<table width="100%" cellpadding="0" cellspacing="0" style="background:${escapeHtml(ground)};border:1px solid ${escapeHtml(line)};border-radius:6px;font-size:15px;line-height:20px;color:${escapeHtml(color)}">${rows}</table>`;
  return `${tag('mj-text', { 'font-family': FONT, ...box, color }).start}${inner}</mj-text>`;
}

function footerMjml(model: Component, sample: CanvasSample): string {
  const address =
    sample.postalAddress.trim() === '' ? 'Your postal address (Settings > Company)' : sample.postalAddress;
  const lines = [sample.companyName, ...address.split('\n')].map((line) => escapeHtml(line)).join('<br>');
  return `${tag('mj-text', { 'font-family': FONT, 'line-height': '1.5', ...attributesOf(model) }).start}${lines}<br><u>Unsubscribe</u></mj-text>`;
}
