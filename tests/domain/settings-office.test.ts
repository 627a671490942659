import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { decryptSecret } from '#app/company/crypto.server.ts';
import { pageAudit } from '#app/company/audit-log.server.ts';
import { readInvitation } from '#app/company/invitations.server.ts';
import { readProfile, saveProfile } from '#app/company/profile.server.ts';
import { readEmailChannel, saveEmailChannel, sendTestEmail } from '#app/messaging/channel.server.ts';
import { emailProviderName } from '#app/messaging/providers/choose.server.ts';
import { inviteStaff, resendInvitation } from '#app/messaging/staff-invitation.server.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany, makeStaff, type MadeCompany } from '#tests/factories/company.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const secret = 's'.repeat(40);
const actorOf = ({ admin }: MadeCompany) => ({ staffId: admin.staffId, name: admin.name });
const keys = {
  provider: 'ses',
  region: 'us-east-1',
  accessKeyId: 'AKIAEXAMPLEEXAMPLE12',
  secretAccessKey: 'very/secret+key0123456789',
  configurationSet: '',
  topicArn: '',
};

test('the profile is saved whole or not at all, tidied, and audited with what changed', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const before = await readProfile(tx);
    const refused = await saveProfile(tx, actorOf(company), {
      ...before,
      name: ' ',
      timeZone: 'Mars/Base',
      phone: '12',
      email: 'x',
      website: 'javascript:alert(1)',
      color: 'red',
      fromName: 'a <b@c.de>',
      replyTo: '@',
    });
    expect(refused.ok ? [] : Object.keys(refused.errors).toSorted()).toEqual([
      'color',
      'email',
      'fromName',
      'name',
      'phone',
      'replyTo',
      'timeZone',
      'website',
    ]);
    expect(await readProfile(tx)).toEqual(before);
    const saved = await saveProfile(tx, actorOf(company), {
      ...before,
      phone: '(512) 555-0177',
      website: 'larks.example',
      color: '#abcdef',
      postalAddress: ' 1  Main St \r\n\r\n Austin, TX\0 ',
      timeZone: 'America/Chicago',
    });
    expect(saved).toEqual({ ok: true });
    expect(await readProfile(tx)).toMatchObject({
      phone: '+15125550177',
      website: 'https://larks.example',
      color: '#ABCDEF',
      postalAddress: '1 Main St\nAustin, TX',
      timeZone: 'America/Chicago',
      fromEmail: before.fromEmail,
    });
    const [entry] = (await pageAudit(tx, { subject: 'company' }, {})).rows;
    expect(Object.keys(entry!.details).toSorted()).toEqual(['color', 'phone', 'postalAddress', 'timeZone', 'website']);
  });
});

test('keys of the email provider are stored encrypted, never read back, and kept when the form leaves them empty', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const save = (form: Partial<typeof keys>, environmentKeys = false) =>
      saveEmailChannel(tx, actorOf(company), { ...keys, ...form }, { secret, environmentKeys });
    expect(await emailProviderName(tx, { ses: null })).toBe('sandbox');
    expect(
      await save({
        region: 'Frankfurt',
        accessKeyId: 'x',
        secretAccessKey: 'a b',
        configurationSet: 'ä',
        topicArn: 'fieldpost',
      }),
    ).toMatchObject({
      ok: false,
      errors: {
        region: expect.any(String),
        accessKeyId: expect.any(String),
        secretAccessKey: expect.any(String),
        configurationSet: expect.any(String),
        topicArn: expect.any(String),
      },
    });
    expect(await save({ accessKeyId: '', secretAccessKey: '' })).toMatchObject({ ok: false });
    expect(await save({ provider: 'pigeon' })).toMatchObject({ ok: false, errors: { provider: expect.any(String) } });
    const topicArn = 'arn:aws:sns:us-east-1:123456789012:larks';
    expect(await save({ topicArn: ` ${topicArn} ` })).toEqual({ ok: true });
    expect(await emailProviderName(tx, { ses: null })).toBe('ses');
    const read = await readEmailChannel(tx);
    expect(read).toEqual({
      provider: 'ses',
      region: 'us-east-1',
      accessKeyEnding: 'LE12',
      configurationSet: '',
      topicArn,
      hasSecret: true,
    });
    expect(await save({ accessKeyId: '', secretAccessKey: '', region: 'eu-west-1', topicArn })).toEqual({ ok: true });
    const [row] = await tx.execute<{ options: Record<string, string>; secrets: string }>(
      sql`select options, secrets from channel_settings`,
    );
    expect(row!.options).toMatchObject({ region: 'eu-west-1', accessKeyEnding: 'LE12' });
    expect(row!.secrets).not.toContain('very/secret');
    expect(JSON.parse(decryptSecret(secret, row!.secrets)!)).toEqual({
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
    });
    expect(JSON.stringify((await pageAudit(tx, {}, {})).rows)).not.toContain('very/secret');
    // Back to the sandbox; the keys stay for the next time.
    expect(await save({ provider: 'sandbox', region: '', accessKeyId: '', secretAccessKey: '' })).toEqual({ ok: true });
    expect(await readEmailChannel(tx)).toMatchObject({
      provider: 'sandbox',
      hasSecret: true,
      region: 'eu-west-1',
      topicArn,
    });
  });
});

test('with keys in the environment none need to be entered', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    const form = { ...keys, region: '', accessKeyId: '', secretAccessKey: '' };
    expect(await saveEmailChannel(tx, actorOf(company), form, { secret, environmentKeys: true })).toEqual({ ok: true });
    expect(await readEmailChannel(tx)).toMatchObject({ provider: 'ses', hasSecret: false });
  });
});

test('B-08: a test email goes to an address that can be one, and is audited', async () => {
  const company = await makeCompany(db);
  await withCompany(db, company.companyId, async (tx) => {
    for (const to of ['', 'nobody', 'a@b\r\nBcc: c@d.example']) {
      expect(await sendTestEmail(tx, actorOf(company), to), to).toMatchObject({ ok: false });
    }
    expect(await sendTestEmail(tx, actorOf(company), ' Ann@Larks.Example ')).toMatchObject({ ok: true });
    expect((await pageAudit(tx, { subject: 'sending' }, {})).rows).toMatchObject([
      { action: 'sending.test', details: { to: 'ann@larks.example' } },
    ]);
  });
});

test('B-08: a member of staff sends ten tests in ten minutes, and a company sixty an hour', async () => {
  const [company, other] = [await makeCompany(db), await makeCompany(db)];
  const send = (from: MadeCompany, staffId: number) =>
    withCompany(db, from.companyId, (tx) => sendTestEmail(tx, { staffId, name: 'Ann' }, 'ann@larks.example'));
  const members = await withCompany(db, company.companyId, async (tx) => {
    const made = [];
    for (let n = 0; n < 6; n++) made.push((await makeStaff(tx, { role: 'marketer' })).staffId);
    return made;
  });
  for (const staffId of members) {
    for (let n = 0; n < 10; n++) expect(await send(company, staffId)).toMatchObject({ ok: true });
    const refused = await send(company, staffId);
    expect(refused).toEqual({
      ok: false,
      error: expect.stringMatching(/^Too many tests at once. Send the next one in \d+ minutes.$/),
    });
  }
  expect(await send(company, company.admin.staffId)).toEqual({
    ok: false,
    error: 'Too many tests at once. Send the next one in 60 minutes.',
  });
  expect(await send(other, other.admin.staffId)).toMatchObject({ ok: true });
});

test('B-15: whoever is added gets a link to choose a password, again on request, until they have one', async () => {
  const company = await makeCompany(db, { name: 'Larks <b> & Co' });
  const at = { secret, addresses: { appOrigin: 'http://office.test', portalDomain: 'p.test', linkDomain: 'l.test' } };
  const actor = actorOf(company);
  const text = await withCompany(db, company.companyId, async (tx) => {
    const added = await inviteStaff(tx, at, actor, { email: 'nora@larks.example', name: 'Nora', role: 'office' });
    if (!added.ok) throw new Error('refused');
    expect(await resendInvitation(tx, at, actor, added.staffId)).toBe(true);
    expect(await resendInvitation(tx, at, actor, company.admin.staffId)).toBe(false);
    expect(await resendInvitation(tx, at, actor, 999_999)).toBe(false);
    const mails = await tx.execute<{ address: string; html: string; text: string }>(sql`
      select m.address, c.html, c.text from messages m join message_contents c on c.message_id = m.id where m.kind = 'staff_invitation'`);
    expect(mails.map((mail) => mail.address)).toEqual(['nora@larks.example', 'nora@larks.example']);
    expect(mails[0]!.html).toContain('Larks &lt;b&gt; &amp; Co');
    return mails[0]!.text;
  });
  const token = /http:\/\/office\.test\/join\/(\S+)/.exec(text)?.[1];
  expect(await readInvitation(db, secret, token!)).toMatchObject({ name: 'Nora', email: 'nora@larks.example' });
});
