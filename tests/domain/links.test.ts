import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { recordClick, recordOpen } from '#app/links/clicks.server.ts';
import { linkCode, readLinkCode } from '#app/links/codes.ts';
import { ensureLinkHost, linkHost } from '#app/links/host.server.ts';
import { resolveLink } from '#app/links/resolve.server.ts';
import { isPerson } from '#app/links/visitor.ts';
import { withCompany } from '#db/client.ts';
import { makeCompany } from '#tests/factories/company.ts';
import { addresses, counterDifferences, sentCampaign, sendingCompany } from '#tests/fakes/sending.ts';
import { createTestDatabase } from '#tests/setup/database.ts';

const { db } = await createTestDatabase();

async function campaignLinks(people: number) {
  const { companyId, ...campaign } = await sentCampaign(db, people);
  const links = await withCompany(db, companyId, (tx) =>
    tx.execute<{ code: string; kind: string; messageId: number; invoiceId: number }>(
      sql`select code, kind, message_id as "messageId", invoice_id as "invoiceId" from links order by message_id, key`,
    ),
  );
  const [host] = await withCompany(db, companyId, (tx) =>
    tx.execute<{ name: string }>(
      sql`select name from hosts where kind = 'portal' and company_id = current_company_id()`,
    ),
  );
  return { companyId, ...campaign, links, portal: `http://${host!.name}.portal.localhost:3000` };
}

test('B-03: each recipient has a link of their own to each destination', async () => {
  const { links } = await campaignLinks(3);
  const kinds = new Set(links.map((link) => link.kind));
  expect(links).toHaveLength(3 * kinds.size);
  expect(new Set(links.map((link) => link.code)).size).toBe(links.length);
  expect(links.every((link) => readLinkCode(link.code) === link.code)).toBe(true);
});

test('S0-05, S0-08: links lead to the portal where it is now, and to the invoice in it', async () => {
  const { companyId, links, portal } = await campaignLinks(1);
  await withCompany(db, companyId, async (tx) => {
    for (const link of links) {
      const expected = link.kind === 'pay_invoice' ? `${portal}/invoices/${link.invoiceId}` : `${portal}/`;
      expect(await resolveLink(tx, link.code.toUpperCase(), { addresses })).toEqual({
        code: link.code,
        messageId: link.messageId,
        destination: expected,
      });
    }
    await tx.execute(sql`update hosts set current = false where kind = 'portal' and company_id = current_company_id()`);
    await tx.execute(
      sql`insert into hosts (kind, name, company_id) values ('portal', ${`moved${companyId}x`}, current_company_id())`,
    );
    expect((await resolveLink(tx, links[0]!.code, { addresses }))?.destination).toContain(`moved${companyId}x.portal`);
    await tx.execute(sql`update portal_settings set enabled = false`);
    expect(await resolveLink(tx, links[0]!.code, { addresses })).toBeNull();
  });
});

test('links of another company, unknown codes and odd paths lead nowhere', async () => {
  const { links } = await campaignLinks(1);
  const other = await sendingCompany(db);
  await withCompany(db, other, async (tx) => {
    for (const code of [
      links[0]!.code,
      linkCode(),
      '',
      'favicon.ico',
      `${links[0]!.code}x`,
      '0'.repeat(10),
      "' or 1=1",
    ]) {
      expect(await resolveLink(tx, code, { addresses }), code).toBeNull();
    }
  });
});

test('a stored address that is not http or https is never a redirect', async () => {
  const { companyId, links } = await campaignLinks(1);
  await withCompany(db, companyId, async (tx) => {
    const { code } = links[0]!;
    await tx.execute(sql`update links set kind = 'url', destination = 'javascript:alert(1)' where code = ${code}`);
    expect(await resolveLink(tx, code, { addresses })).toBeNull();
    await tx.execute(sql`update links set destination = 'https://example.com/a?b=c' where code = ${code}`);
    expect((await resolveLink(tx, code, { addresses }))?.destination).toBe('https://example.com/a?b=c');
  });
});

test('the first click counts for the message and its step, each click for the link; an opening counts once', async () => {
  const { companyId, stepId, links } = await campaignLinks(2);
  const [link] = links;
  await withCompany(db, companyId, async (tx) => {
    await recordClick(tx, link!);
    await recordClick(tx, link!);
    await recordOpen(tx, links.at(-1)!.messageId);
    await recordOpen(tx, links.at(-1)!.messageId);
    const [row] = await tx.execute(sql`select clicks from links where code = ${link!.code}`);
    expect(row).toEqual({ clicks: 2 });
    const [step] = await tx.execute(sql`select clicked, opened, delivered from campaign_steps where id = ${stepId}`);
    expect(step).toEqual({ clicked: 1, opened: 2, delivered: 2 });
  });
  expect(await counterDifferences(db, companyId, stepId)).toEqual([]);
});

test('B-03: people are told from scanners', () => {
  const chrome =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
  expect(isPerson({ method: 'GET', userAgent: chrome })).toBe(true);
  expect(isPerson({ method: 'HEAD', userAgent: chrome })).toBe(false);
  expect(isPerson({ method: 'GET', userAgent: undefined })).toBe(false);
  expect(isPerson({ method: 'GET', userAgent: chrome, purpose: 'prefetch;prerender' })).toBe(false);
  expect(isPerson({ method: 'GET', userAgent: 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' })).toBe(
    false,
  );
  expect(isPerson({ method: 'GET', userAgent: 'curl/8.5.0' })).toBe(false);
});

test('a company without a link host gets one of its name, and another one where that is taken', async () => {
  const names = [];
  for (let n = 0; n < 3; n++) {
    const { companyId } = await makeCompany(db, { name: 'Brightwater Plumbing & Heating', linkHost: null });
    const name = await withCompany(db, companyId, ensureLinkHost);
    expect(await withCompany(db, companyId, ensureLinkHost)).toBe(name);
    expect(await withCompany(db, companyId, linkHost)).toBe(name);
    expect(name).toMatch(/^[a-z0-9]{3,63}$/);
    names.push(name);
  }
  expect(names[0]).toBe('brightwaterplumbingheating');
  expect(new Set(names).size).toBe(3);
});
