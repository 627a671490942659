import grapesjs from 'grapesjs';
import 'grapesjs/dist/css/grapes.min.css';
import mjml from 'grapesjs-mjml';

import type { EmailNode } from '#builders/email/document.ts';

import { bodyOf } from '#builders/email/document.ts';
import { emailTemplates } from '#builders/email/templates/templates.ts';

/** GrapesJS with MJML as its documentation sets it up, with the same email: what our builder is measured against. */
const [template] = emailTemplates;
if (template === undefined) throw new Error('There is no template to show.');
const component = {
  type: 'wrapper',
  components: [{ type: 'mjml', tagName: 'mjml', components: [plain(bodyOf(template.document))] }],
};
const editor = grapesjs.init({
  container: '#editor',
  height: '900px',
  storageManager: false,
  telemetry: false,
  cssIcons: '',
  plugins: [mjml],
  projectData: { pages: [{ frames: [{ component }] }] },
});
editor.onReady(() => performance.mark('email-builder-ready'));

/** With tag names, which GrapesJS keeps in its own projects; our own types stand as texts. */
function plain(node: EmailNode): object {
  const type = node.type.startsWith('fp-') ? 'mj-text' : node.type;
  return { ...node, type, tagName: type, components: 'components' in node ? node.components.map(plain) : [] };
}
