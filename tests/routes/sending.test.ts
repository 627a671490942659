import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test } from 'vitest';

import { sesAccount } from '#app/messaging/providers/ses.server.ts';
import { withCompany } from '#db/client.ts';
import { addJob } from '#db/jobs.ts';
import { makeCampaign } from '#tests/factories/campaigns.ts';
import { makeCompany, makeStaff, TEST_PASSWORD } from '#tests/factories/company.ts';
import { startTestApp } from '#tests/setup/app.ts';
import { send, signInCookie } from '#tests/setup/http.ts';

const app = await startTestApp();
const company = await makeCompany(app.db);
const keys = { region: 'us-east-1', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

const cookieOf = async (role: 'marketer' | 'viewer') => {
  const { email } = await withCompany(app.db, company.companyId, (tx) => makeStaff(tx, { role }));
  return signInCookie(app.origin, email, TEST_PASSWORD);
};
const admin = await signInCookie(app.origin, company.admin.email, company.admin.password);
const [marketer, viewer] = [await cookieOf('marketer'), await cookieOf('viewer')];
const page = async (path: string, cookie: string) => {
  const { status, body } = await send(app.origin + path, { cookie });
  return { status, text: body.replaceAll('<!-- -->', '').replaceAll('&#x27;', "'") };
};
const post = (path: string, cookie: string, form: Record<string, string> = {}) =>
  send(app.origin + path, { form, cookie });

/** The company's account has failed, and its campaign waits. */
async function hold() {
  await app.db.execute(sql`
    insert into provider_breakers (account, state, failures, reason, opened_at, retry_at)
    values (${sesAccount(keys)}, 'open', 3, 'Amazon SES does not answer.', now(), now() + interval '10 minutes')
    on conflict (account) do update set state = 'open', retry_at = excluded.retry_at`);
}
const opensIn = async () => {
  const [row] = await app.db.execute<{ seconds: number }>(
    sql`select extract(epoch from retry_at - now())::float8 as seconds from provider_breakers`,
  );
  return row!.seconds;
};

const saved = await post('/settings/sending', admin, { provider: 'ses', ...keys });
const campaignId = await withCompany(app.db, company.companyId, async (tx) => {
  const made = await makeCampaign(tx);
  await tx.execute(sql`update campaigns set status = 'sending', launched_at = now() where id = ${made.campaignId}`);
  await tx.execute(sql`update campaign_steps set planned = 1204, sent = 96, unknown = 3 where id = ${made.stepId}`);
  return made.campaignId;
});

test('Settings > Sending says how it stands: what waits, what nobody knows, and that no worker runs', async () => {
  expect(saved.headers.location).toBe('/settings/sending?saved=1');
  const { status, text } = await page('/settings/sending', viewer);
  expect(status).toBe(200);
  for (const words of [
    'Right now',
    '1,204',
    'Not known',
    `/campaigns/${campaignId}/messages?show=unknown`,
    'None runs',
    'Texts',
    'the sandbox takes what it gets',
  ]) {
    expect(text).toContain(words);
  }
  expect(text).not.toContain('Paused:');
});

test('a breaker that is open is shown there and on the campaign, with the reason and when it tries again', async () => {
  await hold();
  for (const path of ['/settings/sending', `/campaigns/${campaignId}`]) {
    const { text } = await page(path, admin);
    expect(text, path).toContain('Paused: Amazon SES does not answer.');
    expect(text, path).toMatch(/Tries again at \d+:\d\d [AP]M/);
    expect(text, path).toContain('Try now');
    const seen = (await page(path, viewer)).text;
    expect(seen, path).toContain('Paused: Amazon SES does not answer.');
    expect(seen, path).not.toContain('Try now');
  }
});

test('“Try now” is for whoever may send, from either page', async () => {
  for (const path of ['/settings/sending/try-now', `/campaigns/${campaignId}/try-now`]) {
    await hold();
    expect((await post(path, viewer)).status, path).toBe(403);
    expect(await opensIn()).toBeGreaterThan(500);
    const answer = await post(path, marketer);
    expect([answer.status, answer.headers.location?.split('?')[0]], path).toEqual([302, path.replace('/try-now', '')]);
    expect(await opensIn()).toBeLessThanOrEqual(0);
  }
  expect((await page('/settings/sending', admin)).text).toContain('One message is being tried now.');
});

test('a campaign that a person paused stays so, whatever the provider does', async () => {
  await hold();
  await withCompany(app.db, company.companyId, (tx) => tx.execute(sql`update campaigns set status = 'paused'`));
  expect((await page(`/campaigns/${campaignId}`, admin)).text).not.toContain('Amazon SES does not answer');
  await post(`/campaigns/${campaignId}/try-now`, marketer);
  const [row] = await withCompany(app.db, company.companyId, (tx) =>
    tx.execute<{ status: string }>(sql`select status from campaigns where id = ${campaignId}`),
  );
  expect(row!.status).toBe('paused');
});

test('a failed job is shown with its reason; an administrator can run it again', async () => {
  await withCompany(app.db, company.companyId, (tx) =>
    addJob(tx, 'invoice.settled', { companyId: company.companyId, invoiceId: 1 }),
  );
  const owner = postgres(app.url, { max: 1, onnotice: () => {} });
  const [job] = await owner<{ id: string }[]>`
    update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'The payload can''t be read' returning id`;
  await owner.end();
  const path = `/settings/sending/jobs/${job!.id}/run`;
  const { text } = await page('/settings/sending', admin);
  expect(text).toContain('End reminders of a settled invoice');
  expect(text).toContain("The payload can't be read");
  expect(text).toContain(path);
  expect((await page('/settings/sending', marketer)).text).not.toContain(path);
  expect((await post(path, marketer)).status).toBe(403);
  expect((await post(path, admin)).headers.location).toBe('/settings/sending?saved=run');
  expect((await post('/settings/sending/jobs/999999/run', admin)).headers.location).toBe(
    '/settings/sending?saved=gone',
  );
  expect((await post('/settings/sending/jobs/abc/run', admin)).status).toBe(404);
});
