import { formatPhone } from '#app/ui/format.ts';

import { words } from './words.en.ts';

/** The company as a mail shows it. */
export type Letterhead = {
  name: string;
  phone: string;
  email: string;
  color: string;
  timeZone: string;
  currency: string;
  /** Absolute address and the size it is shown in, or null. */
  logo: { url: string; width: number; height: number } | null;
};

export type Mail = { subject: string; html: string; text: string };

/** The mail with a link to create or change a password (S2-28, S3-15). @param url holds the one-time token */
export function passwordMail(kind: 'invitation' | 'known' | 'reset', head: Letterhead, url: string): Mail {
  const text = words.mail[kind];
  const time = kind === 'invitation' ? words.mail.sevenDays : words.mail.twoHours;
  return letter(head, {
    subject: text.subject(head.name),
    title: text.title,
    paragraphs: [text.text(head.name)],
    button: { label: text.button, url },
    after: kind === 'invitation' ? [words.mail.once(time)] : [words.mail.once(time), words.mail.notYou],
  });
}

export type Content = {
  subject: string;
  title: string;
  /** Their line ends stay. Addresses among `links` are links; what a customer's name holds is not. */
  paragraphs: string[];
  rows?: (readonly [string, string])[];
  button: { label: string; url: string } | null;
  after: string[];
  /** Addresses in paragraphs that lead somewhere, each with its name in HTML. */
  links?: Readonly<Record<string, string>>;
};

/** A letter of the company: a title, what is said, figures in rows, and one button. */
export function letter(head: Letterhead, content: Content): Mail {
  const contact = [formatPhone(head.phone), head.email].filter(Boolean).join(' · ');
  const foot = contact ? words.mail.questions(contact) : '';
  return {
    subject: oneLine(content.subject),
    text: [
      head.name,
      content.title,
      ...content.paragraphs,
      content.rows?.map(([name, value]) => (value ? `${name}: ${value}` : name)).join('\n') ?? '',
      content.button ? `${content.button.label}:\n${content.button.url}` : '',
      ...content.after,
      foot,
    ]
      .filter(Boolean)
      .join('\n\n'),
    html: htmlOf(head, content, foot),
  };
}

/** One table, inline styles: what every mail program shows alike. */
function htmlOf(head: Letterhead, content: Content, foot: string): string {
  const paragraph = (text: string, style = '') =>
    `<p style="margin:0 0 16px;font-size:16px;line-height:24px;${style}">${linked(text, head.color, content.links ?? {})}</p>`;
  const logo = head.logo
    ? `<img src="${escapeHtml(head.logo.url)}" width="${head.logo.width}" height="${head.logo.height}" alt="${escapeHtml(head.name)}" style="display:block;border:0;margin:0 0 24px">`
    : `<p style="margin:0 0 24px;font-size:20px;line-height:28px;font-weight:600">${escapeHtml(head.name)}</p>`;
  const rows = (content.rows ?? [])
    .map(
      ([name, value]) =>
        `<tr><td style="padding:8px 0;border-bottom:1px solid #e6e2da;font-size:16px;line-height:24px">${escapeHtml(name)}</td><td align="right" style="padding:8px 0;border-bottom:1px solid #e6e2da;font-size:16px;line-height:24px;white-space:nowrap">${escapeHtml(value)}</td></tr>`,
    )
    .join('');
  return `<!doctype html>
<html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(content.subject)}</title></head>
<body style="margin:0;padding:0;background:#ffffff;color:#1d2420;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px"><tr><td align="left">
${logo}
<h1 style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:600">${escapeHtml(content.title)}</h1>
${content.paragraphs.map((text) => paragraph(text)).join('\n')}
${rows ? `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 24px">${rows}</table>` : ''}
${content.button ? `<p style="margin:8px 0 24px"><a href="${escapeHtml(content.button.url)}" style="display:inline-block;padding:12px 24px;border-radius:8px;background:${head.color};color:#ffffff;font-size:16px;line-height:24px;font-weight:600;text-decoration:none">${escapeHtml(content.button.label)}</a></p>` : ''}
${content.after.map((text) => paragraph(text, 'color:#5c665f;')).join('\n')}
${foot ? `<p style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid #e6e2da;font-size:14px;line-height:20px;color:#5c665f">${escapeHtml(foot)}</p>` : ''}
</td></tr></table>
</td></tr></table>
</body></html>`;
}

/** A paragraph with its line ends, and with its addresses as links. A dot or bracket behind an address is not of it. */
function linked(text: string, color: string, names: Readonly<Record<string, string>>): string {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/)
    .map((part, index) => {
      if (index % 2 === 0 || !Object.hasOwn(names, part)) return escapeHtml(part).replaceAll('\n', '<br>');
      return `<a href="${escapeHtml(part)}" style="color:${color};overflow-wrap:anywhere">${escapeHtml(names[part]!)}</a>`;
    })
    .join('');
}

/** A name with a line break in it must not begin a header of its own. */
const oneLine = (text: string) =>
  text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 200);

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
