import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleValues, type MergeValues } from '../merge/values.ts';
import { compileEmail } from './compile.server.ts';
import { documentOf, emptyDocument, type BlockNode, type EmailDocument } from './document.ts';
import { toMjml } from './mjml.ts';
import { compiledEmailSchema, prepareEmail, renderEmail, untrackedLinks, type CompiledEmail } from './render.ts';
import { emailTemplates } from './templates/templates.ts';

function emailWith(...blocks: BlockNode[]): EmailDocument {
  return documentOf([
    { type: 'mj-section', attributes: {}, components: [{ type: 'mj-column', attributes: {}, components: blocks }] },
  ]);
}

const text = (content: string): BlockNode => ({ type: 'mj-text', attributes: {}, content });
const button = (href: string, content = 'Pay'): BlockNode => ({ type: 'mj-button', attributes: { href }, content });
const footer: BlockNode = { type: 'fp-footer', attributes: {} };
const lines = { subject: 'Invoice {{ invoice.number }}', preheader: '', assetOrigin: 'https://app.example' };

async function compiled(...blocks: BlockNode[]): Promise<CompiledEmail> {
  const result = await compileEmail({ ...lines, document: emailWith(...blocks) });
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.email;
}

async function problems(document: EmailDocument, given: Partial<typeof lines> = {}) {
  const result = await compileEmail({ ...lines, ...given, document });
  return result.ok ? [] : result.problems.map(({ where, message }) => `${where}: ${message}`);
}

function rendered(email: CompiledEmail, values: MergeValues = sampleValues) {
  return renderEmail(prepareEmail(email), values, untrackedLinks(email, values));
}

describe('a whole email', () => {
  test('B-08: the starting templates compile, and read well as text', async () => {
    expect(emailTemplates.length).toBeGreaterThanOrEqual(3);
    for (const template of emailTemplates) {
      const result = await compileEmail({ ...template, assetOrigin: 'https://app.example' });
      if (!result.ok) throw new Error(`${template.name}: ${JSON.stringify(result.problems)}`);
      expect(result.warnings).toEqual([]);
      expect(result.email.uses).toMatchObject({
        portalLink: true,
        payLink: true,
        unsubscribe: true,
        postalAddress: true,
      });
      const { html, text: plain, subject } = rendered(result.email);
      expect(subject).not.toMatch(/[{}]/);
      expect(html).not.toMatch(/\{\{|\{%|[\ue000-\ue002]/);
      expect(plain).not.toMatch(/\{\{|\{%|[\ue000-\ue002]|<(?!https?:)/);
      expect(plain).toContain('Invoice     INV-1042');
      expect(plain).toContain('<https://portal.example/pay/sample>');
      expect(html).toContain('Request an invitation');
    }
  });

  test('what is stored is plain JSON and renders alike after a trip through the database', async () => {
    const email = await compiled(
      text('Hi {{ customer.first_name | default: "there" }}'),
      button('{{ links.pay_invoice }}'),
      footer,
    );
    const stored = compiledEmailSchema.parse(JSON.parse(JSON.stringify(email)));
    expect(stored).toEqual(email);
    expect(rendered(stored)).toEqual(rendered(email));
  });

  test('S0-02 S0-03 S0-05: portal and pay links of text and button are tracked in HTML and text, once each', async () => {
    const email = await compiled(
      text(
        'See the <a href="{{ links.customer_portal }}">Customer Portal</a> or <a href="https://example.com/help?a=1&amp;b=2">help</a>',
      ),
      button('{{ links.customer_portal }}', 'Portal'),
      button('{{ links.pay_invoice }}'),
      text('Or paste {{ links.pay_invoice }}'),
      footer,
    );
    expect(email.links).toEqual([
      { key: 'l1', kind: 'customer_portal', url: null },
      { key: 'l2', kind: 'url', url: 'https://example.com/help?a=1&b=2' },
      { key: 'l3', kind: 'pay_invoice', url: null },
    ]);
    const { html, text: plain } = renderEmail(prepareEmail(email), sampleValues, {
      l1: 'https://go.example/1?a&b',
      l2: 'https://go.example/2',
      l3: 'https://go.example/3',
      open: 'https://go.example/o',
    });
    const hrefs = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1]);
    expect(hrefs).toEqual([
      'https://go.example/1?a&amp;b',
      'https://go.example/2',
      'https://go.example/1?a&amp;b',
      'https://go.example/3',
      'https://portal.example/unsubscribe/sample',
    ]);
    expect(plain).toContain('Customer Portal <https://go.example/1?a&b>');
    expect(plain).toContain('Or paste https://go.example/3');
    expect(plain).toContain('Unsubscribe <https://portal.example/unsubscribe/sample>');
    expect(html).toMatch(/<img src="https:\/\/go\.example\/o"[^>]*>\s*<\/body>/);
    expect(rendered(email).html).not.toContain('width="1" height="1"');
  });

  test('S0-07: the invitation note tells how to get in, and leads to the portal', async () => {
    const email = await compiled({ type: 'fp-invitation-note', attributes: {}, content: '' });
    expect(email.uses).toMatchObject({ portalLink: true, unsubscribe: false, postalAddress: false });
    const { html } = rendered(email);
    expect(html).toContain('<strong>Request an invitation</strong>');
    expect(html).toContain('href="https://portal.example/"');
  });

  test('subject and preheader are merged; the preheader is hidden on top and not in the text', async () => {
    const result = await compileEmail({
      document: emailWith(text('Body')),
      subject: '  Tom & "Jerry" <x>\n{{ customer.name | default: "you" }} ',
      preheader: 'Due {{ invoice.due_date }} & late',
    });
    if (!result.ok) throw new Error('refused');
    const values = { ...sampleValues, customer: { ...sampleValues.customer, name: 'A <b>\r\nBcc: x' } };
    const { subject, html, text: plain } = rendered(result.email, values);
    expect(subject).toBe('Tom & "Jerry" <x> A <b> Bcc: x');
    expect(html).toContain('<title>Tom &amp; &quot;Jerry&quot; &lt;x&gt; A &lt;b&gt;');
    expect(html).toMatch(/<body[^>]*><div style="display:none[^>]*>Due Mar 4, 2026 &amp; late/);
    expect(plain).toBe('Body');
  });

  test('pictures: our own become absolute, one without alternative text gets an empty one', async () => {
    const email = await compiled(
      text('x'),
      { type: 'mj-image', attributes: { src: '/images/abc.png' } },
      {
        type: 'mj-image',
        attributes: {
          src: 'https://cdn.example/b.png?a=1&b=2',
          alt: 'Van of "{{ company.name }}"',
          href: 'example.com',
        },
      },
    );
    const { html, text: plain } = rendered(email);
    expect(html).toMatch(/<img alt="" src="https:\/\/app\.example\/images\/abc\.png"/);
    expect(html).toContain('alt="Van of &quot;Brightwater Plumbing&quot;" src="https://cdn.example/b.png?a=1&amp;b=2"');
    expect(plain).toContain('Van of "Brightwater Plumbing" <https://example.com/>');
  });

  test('social links lead to the page itself, with our own pictures', async () => {
    const email = await compiled(text('x'), {
      type: 'mj-social',
      attributes: {},
      components: [
        {
          type: 'mj-social-element',
          attributes: { name: 'facebook', href: 'https://facebook.com/us', alt: 'Facebook' },
          content: '',
        },
      ],
    });
    expect(email.links).toEqual([{ key: 'l1', kind: 'url', url: 'https://facebook.com/us' }]);
    expect(email.html).toContain('src="https://app.example/email/social/facebook.png"');
    expect(email.html).not.toMatch(/sharer|mailjet/);
  });

  test('a long email is compiled with a warning that Gmail clips it', async () => {
    const result = await compileEmail({
      ...lines,
      document: emailWith(...Array.from({ length: 8 }, () => text('word '.repeat(3_000)))),
    });
    expect(result.ok && result.warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/Gmail hides/)]);
    expect(result.ok && result.email.sizeBytes).toBeGreaterThan(102 * 1024);
  });
});

describe('merge tags in text', () => {
  test('B-10: expressions survive every encoder on the way', async () => {
    const email = await compiled(
      text(
        '<p>{{ customer.first_name | default: "Tom &amp; Jerry’s \'x\'" }} {% if invoice.days_overdue &gt; 3 and invoice.number != "&lt;" %}late{% endif %}</p>',
      ),
      text('{{ customer.company_name | default: &quot;a}}b&quot; }} &lt;{{ company.name }}&gt;'),
    );
    const values = { ...sampleValues, customer: { ...sampleValues.customer, first_name: '', company_name: '' } };
    const { html, text: plain } = rendered(email, values);
    expect(plain).toBe("Tom & Jerry’s 'x' late\n\na}}b <Brightwater Plumbing>");
    expect(html).toContain('Tom &amp; Jerry’s &#39;x&#39; late');
    expect(html).toContain('a}}b &lt;Brightwater Plumbing&gt;');
  });

  test('B-10: a tag that formatting splits is a problem with its place', async () => {
    const document = emailWith(text('One'), text('Hi<br>dear {{ customer.<b>name</b> }}'));
    const result = await compileEmail({ ...lines, document });
    expect(!result.ok && result.problems).toEqual([
      expect.objectContaining({
        where: 'Text 2',
        line: 2,
        column: 6,
        message: expect.stringMatching(/^Formatting begins or ends inside/),
      }),
    ]);
    const outside = await compiled(text('<b>{{ customer.name }}</b>{% if invoice.number %}<i>a</i>{% endif %}'));
    expect(rendered(outside).html).toContain('<strong>Dana Whitfield</strong><em>a</em>');
  });

  test('B-10: every problem is found at once, with the block it is in', async () => {
    const document = emailWith(
      text('{{ customer.firstname }}'),
      button('', 'Pay {{ invoice.amount }'),
      { type: 'mj-image', attributes: {} },
      text('<a href="{{ links.portal }}">x</a> {% if invoice.number %}'),
      { type: 'mj-image', attributes: { src: 'data:image/png;base64,AAAA', alt: '{{ x }}' } },
    );
    expect(await problems(document, { subject: '{{ invoice.nr }}', preheader: '{{' })).toEqual([
      'Subject: Unknown tag invoice.nr. Pick one from the menu.',
      'Preheader: “{{” is not closed. It must end with “}}”.',
      'Text 1: Unknown tag customer.firstname. Did you mean customer.first_name?',
      'Button 1: “{{ invoice.amount }” ends with one brace. It must end with “}}”.',
      'Button 1, Url: This link has no address yet.',
      'Image 1: This image has no picture yet.',
      'Text 2, link 1: Unknown link links.portal. Did you mean links.customer_portal?',
      'Text 2: {% if invoice.number %} is never ended. Put {% endif %} behind the text it is for.',
      'Image 2: This image has no picture yet.',
      'Image 2, alternative text: Unknown tag x. Pick one from the menu.',
    ]);
  });

  test('B-10: texts that are fine each and grow too long together are found before launch', async () => {
    const growing = `{% assign a = "0123456789" %}${'{% assign a = a | append: a %}'.repeat(11)}{{ a | truncate: 9 }}`;
    expect(await problems(emailWith(text(growing), footer))).toEqual([]);
    expect(await problems(emailWith(...Array.from({ length: 12 }, () => text(growing)), footer))).toEqual([
      'Email: The merge tags of this email make it grow too long. Take out those that are put together from others.',
    ]);
  });

  test('an empty email and an empty subject are problems', async () => {
    expect(await problems(emptyDocument(), { subject: ' ' })).toEqual(['Subject: The subject is empty.']);
    expect(await problems(documentOf([]))).toEqual(['Email: The email is empty.']);
  });
});

describe('hostile documents', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<b onclick="alert(1)">b</b>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '</div></td></mj-text><mj-raw><script>alert(1)</script></mj-raw>',
    '<!--<script>-->alert(1)<![endif]-->',
    '<span style="background:url(javascript:alert(1));position:fixed">s</span>',
    '<math><mi xlink:href="javascript:alert(1)">m</mi></math>',
    '\ue0000\ue001',
    '<a href="https://example.com/&quot;onmouseover=&quot;alert(1)">a</a>',
  ];

  test('scripts, handlers and foreign markup in text are gone', async () => {
    for (const content of hostile) {
      const email = await compiled(text(`before ${content} after`), button('https://example.com', `go ${content}`), {
        type: 'mj-image',
        attributes: { src: 'https://cdn.example/a.png', alt: content },
      });
      const { html } = rendered(email);
      const tags = (html.match(/<[^>]*>/g) ?? []).join('\n').replaceAll(/(alt|href)="[^"]*"/g, '');
      expect(tags, content).not.toMatch(
        /<script|onerror|onclick|onmouseover|javascript:|mj-raw|<svg|<math|position:fixed/i,
      );
      expect(html, content).toContain('before');
      expect(html, content).toContain('after');
    }
  });

  test('attributes cannot break out, and unknown components are left out', async () => {
    const document = JSON.parse(
      JSON.stringify(
        emailWith({
          type: 'mj-text',
          attributes: { color: 'red" onclick="alert(1)', 'font-family': '"Inter", serif' },
          content: 'hello',
        }),
      ).replace('"type":"mj-text"', '"type":"mj-text","style":{"color":"url(x)"},"script":"alert(1)"'),
    );
    const result = await compileEmail({ ...lines, document });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    expect(result.email.html).not.toContain('alert(1)');
    expect(result.email.html).not.toContain('onclick');
    const raw = JSON.parse(JSON.stringify(emailWith(text('x'))).replace('"mj-text"', '"mj-raw"'));
    expect(await problems(raw)).toEqual(['Email: This is not an email we can read.']);
  });

  test('javascript addresses never reach the email', async () => {
    for (const href of [
      'javascript:alert(1)',
      ' jAvascript:alert(1)',
      'data:text/html,x',
      '{{ customer.name }}',
      '{{ "javascript:x" }}',
    ]) {
      const result = await compileEmail({ ...lines, document: emailWith(text('x'), button(href)) });
      expect(result.ok, href).toBe(false);
    }
    const website = await compiled(button('{{ company.website }}', 'Visit'));
    const evil = { ...sampleValues, company: { ...sampleValues.company, website: 'javascript:alert(1)' } };
    expect(rendered(website, evil).html).toContain('<a href=""');
    expect(rendered(website).html).toContain('<a href="https://brightwater.example"');
  });

  test('values of a recipient stay text, whatever they hold', async () => {
    const email = await compiled(
      text('{{ customer.name }} <a href="https://example.com/?n={{ customer.name }}">x</a>'),
      { type: 'mj-image', attributes: { src: 'https://cdn.example/a.png', alt: '{{ customer.name }}' } },
      { type: 'fp-invoice-summary', attributes: {} },
    );
    const prepared = prepareEmail(email);
    const bare = renderEmail(prepared, sampleValues, untrackedLinks(email, sampleValues)).html;
    const shape = (html: string) =>
      (html.match(/<[a-z/!][^>]*>/gi) ?? []).map((tag) => tag.replace(/(alt|href)="[^"]*"/g, '')).join('');
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile, '{{ company.name }}', '{% if %}')),
        (name) => {
          const values = {
            ...sampleValues,
            customer: { ...sampleValues.customer, name },
            invoice: { ...sampleValues.invoice, summary: name },
          };
          const { html, subject } = renderEmail(prepared, values, untrackedLinks(email, values));
          expect(shape(html)).toBe(shape(bare));
          expect(subject).not.toMatch(/[\r\n]/);
        },
      ),
    );
  });

  test('any text in a block compiles to the same words, or says what is wrong', () => {
    const part = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom(
        '<b>',
        '</b>',
        '<br>',
        '{{',
        '}}',
        ' customer.name ',
        '<a href="x">',
        '</a>',
        '&amp;',
        '&',
        '<',
        '"',
        '{% if invoice.number %}',
        '{% endif %}',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const result = toMjml(emailWith(text(parts.join(''))));
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0);
        else expect(result.mjml).not.toMatch(/\{\{|\{%/);
      }),
      { numRuns: 300 },
    );
  });
});
