/** What is read from the canvas, and what screen readers read of it. */
import type { Component, Editor } from 'grapesjs';

/** A component as plain data. What is being typed is read from the page, since GrapesJS learns of it only at the end. */
export function readNode(
  component: Component,
  live: { component: Component; content: string } | null,
): Record<string, unknown> {
  return {
    type: component.get('type'),
    // With the defaults of the canvas written out, so that another renderer's defaults can't change the picture.
    attributes: { ...component.get('attributes') },
    content: component === live?.component ? live.content : component.get('content'),
    components: component.components().map((child: Component) => readNode(child, live)),
  };
}

/** Names the canvas for screen readers, as a page of its own; GrapesJS's second frame, with which it measures, is hidden from them. */
export function nameFrames(editor: Editor, host: HTMLElement): void {
  const canvas = editor.Canvas.getFrameEl();
  canvas.title = 'Email canvas';
  for (const other of host.querySelectorAll('iframe')) {
    if (other === canvas) continue;
    other.setAttribute('aria-hidden', 'true');
    other.tabIndex = -1;
  }
  const page = editor.Canvas.getDocument();
  if (page === undefined || page === null) return;
  page.title = 'Email canvas';
  page.documentElement.lang = 'en';
  const heading = page.createElement('main');
  heading.className = 'fp-unseen';
  heading.innerHTML = '<h1>Email canvas</h1>';
  page.body.prepend(heading);
  editor.getWrapper()?.addAttributes({ role: 'region', 'aria-label': 'Content of the email' });
}
