import { expect, test } from 'vitest';

import { passwordMail, type Letterhead } from './emails.ts';

const head: Letterhead = {
  name: 'Lark & Sons <script>alert(1)</script>',
  phone: '+18505550101',
  email: 'office@lark.example',
  color: '#1E6B52',
  timeZone: 'America/New_York',
  currency: 'USD',
  logo: null,
};
const url = 'http://lark.portal.localhost:3000/confirm/abc_DEF-123';

test('S3-15: the invitation names the company, its phone number and the link, in both parts', () => {
  const mail = passwordMail('invitation', { ...head, name: 'Lark' }, url);
  expect(mail.subject).toBe('Your invitation to the Lark customer portal');
  for (const part of [mail.html, mail.text]) {
    expect(part).toContain(url);
    expect(part).toContain('(850) 555-0101');
    expect(part).toContain('7 days');
  }
});

test('S2-11: the logo stands at the head, 50 pixels high', () => {
  const logo = { url: 'http://lark.portal.localhost:3000/images/1-x', width: 120, height: 50 };
  expect(passwordMail('reset', { ...head, logo }, url).html).toContain(`src="${logo.url}" width="120" height="50"`);
});

test('a name with markup or a line break in it stays a name', () => {
  const mail = passwordMail('invitation', { ...head, name: 'Lark"><img src=x>\r\nBcc: all@x.example' }, url);
  expect(mail.subject).not.toMatch(/[\r\n]/);
  expect(mail.html).not.toContain('<img src=x');
});
