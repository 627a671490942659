import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { defaultRules } from '#app/audiences/rules.ts';
import {
  archiveCampaign,
  createCampaign,
  deleteDraft,
  duplicateCampaign,
  getCampaign,
  listCampaigns,
  renameCampaign,
} from '#app/campaigns/campaigns.server.ts';
import { loadStep, rulesVersion, saveAudience, saveEmailStep } from '#app/campaigns/steps.server.ts';
import type { Actor } from '#app/company/audit.server.ts';
import { emptyDocument, parseEmailDocument } from '#builders/email/document.ts';
import { emailTemplates } from '#builders/email/templates/templates.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { attributions, auditEntries, campaigns, campaignSteps } from '#db/schema/index.ts';
import { makeCampaign, makeMessage } from '#tests/factories/campaigns.ts';
import { makeCompany, makeStaff } from '#tests/factories/company.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

type Office = { companyId: number; ann: Actor; ben: Actor; tx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T> };

async function office(): Promise<Office> {
  const { companyId, admin } = await makeCompany(db);
  const ben = await withCompany(db, companyId, (tx) => makeStaff(tx, { role: 'marketer', name: 'Ben Ode' }));
  return {
    companyId,
    ann: { staffId: admin.staffId, name: admin.name },
    ben: { staffId: ben.staffId, name: ben.name },
    tx: (work) => withCompany(db, companyId, work),
  };
}

const audit = (tx: Tx, id: number) =>
  tx
    .select({ action: auditEntries.action, staffId: auditEntries.staffId })
    .from(auditEntries)
    .where(eq(auditEntries.subjectId, id))
    .orderBy(auditEntries.id);

async function draft({ tx, ann }: Office, template = 'friendly-reminder'): Promise<number> {
  const made = await tx((t) => createCampaign(t, ann, { name: 'Overdue 30+', template }));
  if (!made.ok) throw new Error('not made');
  return made.id;
}

test('S0-01: a campaign is made from each starting template, or from an empty email', async () => {
  const here = await office();
  for (const template of [...emailTemplates.map((each) => each.id), 'blank']) {
    const id = await draft(here, template);
    const from = emailTemplates.find((each) => each.id === template);
    const [campaign, step] = await here.tx(async (tx) => [await getCampaign(tx, id), await loadStep(tx, id)]);
    expect(campaign).toMatchObject({ name: 'Overdue 30+', status: 'draft', createdBy: here.ann.staffId });
    expect(campaign!.audience).toEqual(defaultRules);
    expect(step).toMatchObject({ subject: from?.subject ?? '', version: 1 });
    expect(step!.document).toEqual(from?.document ?? emptyDocument());
    expect(parseEmailDocument(step!.document).ok).toBe(true);
    expect((await here.tx((tx) => audit(tx, id))).map((row) => row.action)).toEqual(['campaign.create']);
  }
});

test('S0-01: a campaign needs a name of one line and a place to start from; scripts in it are only text', async () => {
  const { tx, ann } = await office();
  const make = (name: string, template = 'blank') => tx((t) => createCampaign(t, ann, { name, template }));
  expect(await make('  \n ', 'nonsense')).toEqual({
    ok: false,
    errors: { name: expect.stringContaining('name'), template: expect.stringContaining('Choose') },
  });
  expect((await make('x'.repeat(121))).ok).toBe(false);
  const made = await make(' <script>alert(1)</script>\u0000\n“Ü”  ');
  expect(made.ok && (await tx((t) => getCampaign(t, made.id)))?.name).toBe('<script>alert(1)</script> “Ü”');
});

test('S0-04: each save of the email goes one version up; only what is given changes', async () => {
  const here = await office();
  const id = await draft(here);
  const save = (input: Parameters<typeof saveEmailStep>[3]) => here.tx((tx) => saveEmailStep(tx, here.ann, id, input));
  const first = await save({ version: 1, subject: 'Pay\nplease', preheader: 'Now' });
  expect(first).toMatchObject({ ok: true, version: 2 });
  expect(await save({ version: 2, document: emptyDocument() })).toMatchObject({ ok: true, version: 3 });
  const step = await here.tx((tx) => loadStep(tx, id));
  expect(step).toMatchObject({ subject: 'Pay please', preheader: 'Now', version: 3, document: emptyDocument() });
  expect(await save({ version: 3, subject: 'x'.repeat(501), document: { not: 'an email' } })).toEqual({
    ok: false,
    reason: 'invalid',
    errors: { subject: expect.stringContaining('500'), document: expect.any(String) },
  });
  expect((await here.tx((tx) => loadStep(tx, id)))!.version).toBe(3);
});

test('S0-04: two people who edit one email at once: the second is told who was faster, and nothing is overwritten', async () => {
  const here = await office();
  const id = await draft(here);
  const save = (actor: Actor, subject: string) =>
    here.tx((tx) => saveEmailStep(tx, actor, id, { version: 1, subject }));
  const [one, two] = await Promise.all([save(here.ann, 'From Ann'), save(here.ben, 'From Ben')]);
  const winner = one!.ok ? 'From Ann' : 'From Ben';
  const loser = one!.ok ? two : one;
  expect([one!.ok, two!.ok].filter(Boolean)).toHaveLength(1);
  expect(loser).toMatchObject({ ok: false, reason: 'conflict', by: one!.ok ? here.ann.name : here.ben.name });
  expect((await here.tx((tx) => loadStep(tx, id)))!.subject).toBe(winner);

  // What the second wrote can be kept as a campaign of its own.
  const copy = await here.tx((tx) => duplicateCampaign(tx, here.ben, id, { subject: 'Mine' }));
  const kept = await here.tx((tx) => loadStep(tx, copy!));
  expect(kept).toMatchObject({ subject: 'Mine', version: 1 });
  expect((await here.tx((tx) => loadStep(tx, id)))!.subject).toBe(winner);
});

test('the audience is saved from the rules that were seen, or refused', async () => {
  const here = await office();
  const id = await draft(here);
  const seen = rulesVersion(defaultRules);
  const mine = { ...defaultRules, daysOverdueMin: 31 };
  const theirs = { ...defaultRules, per: 'invoice' as const };
  const save = (actor: Actor, version: string, rules: typeof defaultRules) =>
    here.tx((tx) => saveAudience(tx, actor, id, { version, rules }));
  expect(await save(here.ben, seen, theirs)).toMatchObject({ ok: true, version: rulesVersion(theirs) });
  expect(await save(here.ann, seen, mine)).toMatchObject({ ok: false, reason: 'conflict', by: here.ben.name });
  // The same change from both is no conflict.
  expect(await save(here.ann, seen, theirs)).toMatchObject({ ok: true });
  expect(await save(here.ann, rulesVersion(theirs), mine)).toMatchObject({ ok: true });
  expect((await here.tx((tx) => getCampaign(tx, id)))!.audience).toEqual(mine);
});

test('saves of one sitting are one line of the audit log, another person’s are another', async () => {
  const here = await office();
  const id = await draft(here);
  for (let version = 1; version < 4; version += 1) {
    await here.tx((tx) => saveEmailStep(tx, here.ann, id, { version, subject: `S${version}` }));
  }
  await here.tx((tx) => saveEmailStep(tx, here.ben, id, { version: 4, subject: 'B' }));
  expect(await here.tx((tx) => audit(tx, id))).toEqual([
    { action: 'campaign.create', staffId: here.ann.staffId },
    { action: 'campaign.edit_email', staffId: here.ann.staffId },
    { action: 'campaign.edit_email', staffId: here.ben.staffId },
  ]);
});

test('what was launched can’t be changed or deleted, and what runs can’t be archived', async () => {
  const here = await office();
  for (const status of ['launching', 'sending', 'paused', 'sent', 'canceled'] as const) {
    const { campaignId: id } = await here.tx((tx) => makeCampaign(tx, { status }));
    const refused = { ok: false, reason: 'launched' };
    await here.tx(async (tx) => {
      expect(await saveEmailStep(tx, here.ann, id, { version: 1, subject: 'x' })).toEqual(refused);
      const rules = { ...defaultRules, daysOverdueMin: 2 };
      expect(await saveAudience(tx, here.ann, id, { version: rulesVersion(defaultRules), rules })).toEqual(refused);
      expect(await deleteDraft(tx, here.ann, id)).toBe(false);
      expect(await archiveCampaign(tx, here.ann, id, true)).toBe(status === 'sent' || status === 'canceled');
    });
  }
});

test('a draft is renamed, copied and deleted; a copy of a sent campaign is a draft without results', async () => {
  const here = await office();
  const id = await draft(here);
  await here.tx(async (tx) => {
    expect(await renameCampaign(tx, here.ann, id, ' New  name ')).toEqual({ ok: true });
    expect((await renameCampaign(tx, here.ann, id, '')) as { ok: boolean }).toMatchObject({ ok: false });
    await tx
      .update(campaigns)
      .set({ status: 'sent', launchedAt: sql`now()` })
      .where(eq(campaigns.id, id));
    await tx.update(campaignSteps).set({ sent: 5, compiled: {} }).where(eq(campaignSteps.campaignId, id));
    const copy = (await duplicateCampaign(tx, here.ben, id))!;
    expect(await getCampaign(tx, copy)).toMatchObject({ name: 'New name (copy)', status: 'draft', launchedAt: null });
    const [step] = await tx.select().from(campaignSteps).where(eq(campaignSteps.campaignId, copy));
    expect(step).toMatchObject({ sent: 0, compiled: null, version: 1 });
    expect(await getCampaign(tx, (await duplicateCampaign(tx, here.ben, copy))!)).toMatchObject({
      name: 'New name (copy)',
    });
    expect(await deleteDraft(tx, here.ann, copy)).toBe(true);
    expect(await getCampaign(tx, copy)).toBeNull();
  });
});

test('the list shows people, sent and dollars of each campaign, narrows, and pages both ways', async () => {
  const { tx } = await office();
  await tx(async (t) => {
    const ids: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const status = i === 4 ? 'sent' : 'draft';
      const step = { planned: 1, sent: 2, skipped: 3, failed: 4, unknown: 5 };
      const made = await makeCampaign(t, { name: `100% ${i}`, status, step: status === 'sent' ? step : {} });
      ids.push(made.campaignId);
      if (status !== 'sent') continue;
      const { invoiceId, customerId, paymentId } = await makeInvoice(t, { status: 'paid', totalCents: 12_300 });
      const { messageId } = await makeMessage(t, { ...made, customerId, invoiceId });
      await t.insert(attributions).values({
        ...made,
        paymentId: paymentId!,
        invoiceId,
        messageId,
        kind: 'direct',
        amountCents: 12_300,
      });
    }
    const first = await listCampaigns(t, { limit: 2 });
    expect(first.rows[0]).toMatchObject({ id: ids[4], people: 15, sent: 2, collectedCents: 12_300 });
    expect(first.rows[1]).toMatchObject({ id: ids[3], people: null, sent: 0, collectedCents: 0 });
    const second = await listCampaigns(t, { limit: 2, after: first.next });
    expect(second.rows.map((row) => row.id)).toEqual([ids[2], ids[1]]);
    const back = await listCampaigns(t, { limit: 2, before: second.previous });
    expect(back.rows.map((row) => row.id)).toEqual([ids[4], ids[3]]);
    expect((await listCampaigns(t, { search: '100% 2' })).rows.map((row) => row.id)).toEqual([ids[2]]);
    expect((await listCampaigns(t, { search: '%2' })).rows).toEqual([]);
    expect((await listCampaigns(t, { show: 'finished' })).rows.map((row) => row.id)).toEqual([ids[4]]);
    expect((await listCampaigns(t, { show: 'archived' })).rows).toEqual([]);
  });
});

test('another company’s campaign is not there for anything', async () => {
  const [mine, other] = [await office(), await office()];
  const id = await draft(other);
  await mine.tx(async (tx) => {
    expect(await getCampaign(tx, id)).toBeNull();
    expect(await loadStep(tx, id)).toBeNull();
    expect(await saveEmailStep(tx, mine.ann, id, { version: 1, subject: 'x' })).toBeNull();
    expect(await saveAudience(tx, mine.ann, id, { version: '', rules: defaultRules })).toBeNull();
    expect(await renameCampaign(tx, mine.ann, id, 'x')).toBeNull();
    expect(await duplicateCampaign(tx, mine.ann, id)).toBeNull();
    expect(await deleteDraft(tx, mine.ann, id)).toBeNull();
    expect(await archiveCampaign(tx, mine.ann, id, true)).toBeNull();
    expect((await listCampaigns(tx)).rows).toEqual([]);
  });
  expect((await other.tx((tx) => loadStep(tx, id)))!.version).toBe(1);
});
