import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { defaultRules } from '#app/audiences/rules.ts';
import { checkCampaign, launchChecked, type CampaignCheck } from '#app/campaigns/checklist.server.ts';
import { previewCampaign, type Preview, sendTestEmail } from '#app/campaigns/preview.server.ts';
import { saveAudience, saveEmailStep } from '#app/campaigns/steps.server.ts';
import type { Actor } from '#app/company/audit.server.ts';
import { invoicePayPath } from '#app/invoicing/payments/pay-tokens.server.ts';
import { button, footer, section, text } from '#builders/email/blocks.ts';
import { documentOf } from '#builders/email/document.ts';
import { compiledEmailSchema } from '#builders/email/render.ts';
import { withCompany, type Tx } from '#db/client.ts';
import { campaigns, campaignSteps, companyProfiles, messageContents, messages } from '#db/schema/index.ts';
import { checkWith } from '#tests/fakes/sending.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany, type CompanyOverrides } from '#tests/factories/company.ts';
import { makeCustomer } from '#tests/factories/customers.ts';
import { makeInvoice } from '#tests/factories/invoices.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();
const options = checkWith;

let hosts = 0;

/** A company with a portal, three customers who owe, and a draft for them. */
async function ready(overrides: CompanyOverrides = {}) {
  const { companyId, admin } = await makeCompany(db, { portalHost: `checked${(hosts += 1)}`, ...overrides });
  const tx = <T>(work: (tx: Tx) => Promise<T>) => withCompany(db, companyId, work);
  const actor: Actor = { staffId: admin.staffId, name: admin.name };
  const made = await tx(async (t) => {
    const invoices = [];
    for (const name of ['Ann Ames', 'Bob <b>Bold</b>', 'Cy Young']) {
      const { customerId } = await makeCustomer(t, { name, firstName: name.split(' ')[0] });
      invoices.push(await makeInvoice(t, { customerId, totalCents: 41_850 }));
    }
    return { ...(await makeCampaign(t)), invoices };
  });
  const check = () => tx((t) => checkCampaign(t, made.campaignId, options)) as Promise<CampaignCheck>;
  return { ...made, tx, actor, check };
}

const emailOf = (preview: Preview | null) => {
  if (preview?.message?.channel !== 'email') throw new Error('There is no email');
  return preview.message;
};

const openLines = (check: CampaignCheck) =>
  check.items.filter((item) => item.state !== 'done').map((item) => [item.id, item.state]);

test('a draft with an audience, a template, an address and a portal is ready', async () => {
  const { check } = await ready();
  const checked = await check();
  expect(openLines(checked)).toEqual([]);
  expect(checked).toMatchObject({ ready: true, counts: { eligible: 3, owedCents: 125_550 } });
  expect(checked.content).toMatchObject({ channel: 'email', provider: 'sandbox' });
  expect(compiledEmailSchema.parse(checked.content.compiled).uses).toMatchObject({
    portalLink: true,
    unsubscribe: true,
  });
});

test('S0-06: without a portal the links to it keep the campaign from being launched, however it is clicked', async () => {
  const { check, tx, actor, campaignId } = await ready({ portalHost: null });
  const checked = await check();
  expect(openLines(checked)).toEqual([['portal', 'wrong']]);
  const seen = { stepVersion: checked.step.version, rulesVersion: checked.rulesVersion };
  const launched = await tx((t) => launchChecked(t, actor, campaignId, seen, options));
  expect(launched).toMatchObject({ ok: false, reason: 'not_ready', items: [{ id: 'portal' }] });
  expect((await tx((t) => t.select().from(campaigns)))[0]!.status).toBe('draft');
});

test('B-10: an unknown tag, a broken expression and a link to nowhere are named with their place', async () => {
  const { check, tx, actor, campaignId } = await ready();
  const document = documentOf([
    section([
      text('Hi {{ customer.frist_name }}'),
      text('You owe {{ invoice.amount_due'),
      button('Pay', '', '#1E6B52'),
      footer(),
    ]),
  ]);
  await tx((t) => saveEmailStep(t, actor, campaignId, { version: 1, subject: '{{ invoice.nmber }}', document }));
  const checked = await check();
  expect(checked.ready).toBe(false);
  expect(checked.content.compiled).toBeNull();
  const tags = checked.items.find((item) => item.id === 'tags')!;
  expect(tags.state).toBe('wrong');
  expect(tags.problems.map((problem) => problem.where)).toEqual(['Subject', 'Text 1', 'Text 2', 'Button 1, Url']);
  expect(tags.problems[1]!.message).toContain('customer.first_name');
  // What can be told without compiling is still told.
  expect(openLines(checked)).toEqual([['tags', 'wrong']]);
});

test('S0-11: a link that nobody may be led to keeps the campaign from being launched, with words', async () => {
  const { check, tx, actor, campaignId } = await ready();
  const document = documentOf([section([button('Pay', 'https://paypa1.com/larkfield', '#1E6B52'), footer()])]);
  await tx((t) => saveEmailStep(t, actor, campaignId, { version: 1, document }));
  const checked = await check();
  expect(openLines(checked)).toEqual([['tags', 'wrong']]);
  expect(checked.items.find((item) => item.id === 'tags')!.problems).toMatchObject([
    { where: 'Link', message: expect.stringContaining('looks like paypal') },
  ]);
  expect(checked.ready).toBe(false);
  const honest = documentOf([section([button('Pay', 'https://larkfield.example/pay', '#1E6B52'), footer()])]);
  await tx((t) => saveEmailStep(t, actor, campaignId, { version: checked.step.version, document: honest }));
  expect(openLines(await check())).toEqual([]);
});

test('each thing that a company or a draft lacks is its own open line', async () => {
  const { check, tx, actor, campaignId } = await ready();
  const opens = async (work: (t: Tx) => Promise<unknown>) => {
    await tx(work);
    return openLines(await check());
  };
  expect(await opens((t) => t.update(companyProfiles).set({ postalAddress: '' }))).toEqual([
    ['postal_address', 'missing'],
  ]);
  await tx((t) => t.update(companyProfiles).set({ postalAddress: '1 Main Street' }));
  const save = (input: { subject?: string; document?: unknown }) => async (t: Tx) => {
    const [step] = await t.select().from(campaignSteps);
    return saveEmailStep(t, actor, campaignId, { version: step!.version, ...input });
  };
  expect(await opens(save({ subject: ' ' }))).toEqual([['subject', 'missing']]);
  expect(await opens(save({ subject: 'Pay', document: documentOf([section([text('Hello')])]) }))).toEqual([
    ['unsubscribe', 'missing'],
    ['postal_address', 'missing'],
  ]);
  expect(await opens(save({ document: documentOf([section([footer()])]) }))).toEqual([['content', 'missing']]);
  await tx(save({ document: documentOf([section([text('Hello'), footer()])]) }));
  const nobody = { ...defaultRules, owedMinCents: 900_000 };
  const { rulesVersion } = await check();
  expect(await opens((t) => saveAudience(t, actor, campaignId, { version: rulesVersion, rules: nobody }))).toEqual([
    ['audience', 'missing'],
  ]);
  expect(
    await opens((t) => t.update(campaigns).set({ audience: { daysOverdueMin: 'soon' } })),
    'rules of nobody knows when are not guessed',
  ).toEqual([['audience', 'wrong']]);
});

test('a real provider needs a From address; the sandbox brings one', async () => {
  const { check, tx, campaignId } = await ready({ profile: { fromEmail: '' } });
  expect(openLines(await check())).toEqual([]);
  const ses = { region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' };
  const checked = await tx((t) => checkCampaign(t, campaignId, { ...checkWith, ses }));
  expect(openLines(checked!)).toEqual([['from', 'missing']]);
});

test('B-05: a launch freezes what was seen; two clicks at once and a later one launch it once', async () => {
  const { check, tx, actor, campaignId, stepId } = await ready();
  const checked = await check();
  const seen = { stepVersion: checked.step.version, rulesVersion: checked.rulesVersion };
  const launch = () => tx((t) => launchChecked(t, actor, campaignId, seen, options));
  const outcomes = await Promise.all([launch(), launch()]);
  expect(outcomes.filter((one) => one.ok)).toHaveLength(1);
  expect(outcomes.find((one) => !one.ok)).toEqual({ ok: false, reason: 'already' });
  expect(await launch()).toEqual({ ok: false, reason: 'already' });
  const [step] = await tx((t) => t.select().from(campaignSteps).where(eq(campaignSteps.id, stepId)));
  expect(step!.compiled).toEqual(checked.content.compiled);
});

test('what a colleague changed after the page was opened is not launched unseen', async () => {
  const { check, tx, actor, campaignId } = await ready();
  const checked = await check();
  const seen = { stepVersion: checked.step.version, rulesVersion: checked.rulesVersion };
  const rules = { ...checked.rules, per: 'invoice' as const };
  await tx((t) => saveAudience(t, actor, campaignId, { version: seen.rulesVersion, rules }));
  const launch = (what: typeof seen) => tx((t) => launchChecked(t, actor, campaignId, what, options));
  expect(await launch(seen)).toEqual({ ok: false, reason: 'changed' });
  const again = await check();
  await tx((t) => saveEmailStep(t, actor, campaignId, { version: 1, subject: 'Other' }));
  expect(await launch({ stepVersion: 1, rulesVersion: again.rulesVersion })).toEqual({ ok: false, reason: 'changed' });
  expect(await launch({ stepVersion: 2, rulesVersion: again.rulesVersion })).toEqual({ ok: true });
});

test('B-08: the preview is the email of that very recipient, names escaped, links leading where they end', async () => {
  const { check, tx, invoices } = await ready();
  const checked = await check();
  const bob = invoices[1]!;
  const preview = await tx((t) => previewCampaign(t, checked, bob.invoiceId));
  expect(preview).toMatchObject({ position: 2, previous: invoices[0]!.invoiceId, next: invoices[2]!.invoiceId });
  expect(emailOf(preview).subject).toContain(bob.number);
  expect(emailOf(preview).preheader).toContain('$418.50');
  expect(emailOf(preview).html).toContain(
    checked.sender.portalOrigin + invoicePayPath(options.secret, checked.sender.companyId, bob.invoiceId),
  );
  expect(emailOf(preview).html).not.toContain('<b>Bold</b>');
  expect(emailOf(preview).text).toContain('Hi Bob');
  expect((await tx((t) => previewCampaign(t, checked, null)))!.recipient!.name).toBe('Ann Ames');
});

test('B-08: with nobody in the audience an invented customer stands in; somebody left out has no preview', async () => {
  const { tx, campaignId, actor, check, invoices } = await ready();
  const { rulesVersion, rules } = await check();
  const none = { ...rules, owedMinCents: 900_000 };
  await tx((t) => saveAudience(t, actor, campaignId, { version: rulesVersion, rules: none }));
  const checked = await check();
  const preview = await tx((t) => previewCampaign(t, checked, null));
  expect(preview).toMatchObject({ recipient: null, position: 0 });
  expect(emailOf(preview).subject).toContain('INV-1042');
  expect(await tx((t) => previewCampaign(t, checked, invoices[0]!.invoiceId))).toBeNull();
});

test('B-08: a test goes to oneself alone, as the recipient would get it', async () => {
  const { check, tx, actor, invoices } = await ready();
  const checked = await check();
  const request = { invoiceId: invoices[2]!.invoiceId, to: 'me@larkfield.example' };
  const sent = await tx((t) => sendTestEmail(t, actor, checked, request));
  if (!sent.ok) throw new Error(sent.reason);
  const [message] = await tx((t) => t.select().from(messages));
  expect(message).toMatchObject({
    id: sent.messageId,
    kind: 'test',
    address: 'me@larkfield.example',
    campaignId: null,
  });
  const [content] = await tx((t) => t.select().from(messageContents));
  expect(content!.subject).toContain(`[Test] `);
  expect(content!.html).toContain(invoices[2]!.number);
});

test('B-08: after ten tests in ten minutes the next one waits, and one that can’t be sent does not count', async () => {
  const { check, tx, actor, invoices } = await ready();
  const checked = await check();
  const request = { invoiceId: invoices[2]!.invoiceId, to: 'me@larkfield.example' };
  const send = (invoiceId = request.invoiceId) =>
    tx((t) => sendTestEmail(t, actor, checked, { ...request, invoiceId }));
  for (let n = 0; n < 10; n++) {
    expect(await send(987_654)).toEqual({ ok: false, reason: 'missing' });
    expect(await send()).toMatchObject({ ok: true });
  }
  expect(await send()).toEqual({ ok: false, reason: 'too_many', minutes: 10 });
  expect(await tx((t) => t.select().from(messages))).toHaveLength(10);
});

test('another company’s campaign can be neither checked nor launched', async () => {
  const [mine, other] = [await ready(), await ready()];
  await mine.tx(async (t) => {
    expect(await checkCampaign(t, other.campaignId, options)).toBeNull();
    const seen = { stepVersion: 1, rulesVersion: '' };
    expect(await launchChecked(t, mine.actor, other.campaignId, seen, options)).toEqual({
      ok: false,
      reason: 'missing',
    });
    const checked = (await checkCampaign(t, mine.campaignId, options))!;
    expect(await previewCampaign(t, checked, other.invoices[0]!.invoiceId)).toBeNull();
  });
});
