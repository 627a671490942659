import { audienceCounts, type AudienceCounts, type Reach } from '#app/audiences/audience.server.ts';
import { AudienceRules, readRules } from '#app/audiences/rules.ts';
import type { Actor } from '#app/company/audit.server.ts';
import { refuseDestination } from '#app/links/destination.ts';
import type { Addresses } from '#app/messaging/addresses.ts';
import { mailProviderName, mailReady, type MailOptions } from '#app/messaging/providers/choose-mail.server.ts';
import { textProviderName, textsReady, type TextOptions } from '#app/messaging/providers/choose-text.server.ts';
import { emailProviderName, type ProviderOptions } from '#app/messaging/providers/choose.server.ts';
import { loadSender, type Sender } from '#app/messaging/sender.server.ts';
import { compileEmail } from '#builders/email/compile.server.ts';
import { emptyDocument, parseEmailDocument } from '#builders/email/document.ts';
import type { CompiledEmail } from '#builders/email/render.ts';
import { problemOf, type Problem } from '#builders/merge/problem.ts';
import { compilePostcard } from '#builders/postcard/compile.ts';
import type { CompiledPostcard } from '#builders/postcard/compiled.ts';
import type { PostcardDocument } from '#builders/postcard/document.ts';
import { emptyPostcard, parsePostcardDocument } from '#builders/postcard/form.ts';
import { resolutionProblem } from '#builders/postcard/resolution.ts';
import { compileSms } from '#builders/sms/compile.ts';
import type { CompiledSms } from '#builders/sms/compiled.ts';
import { emptySms, parseSmsDocument } from '#builders/sms/document.ts';
import { OPT_OUT } from '#builders/sms/opt-out.ts';
import type { Tx } from '#db/client.ts';

import { getCampaign, lockCampaign, type Campaign } from './campaigns.server.ts';
import { addressCounts, type AddressCounts } from './audience-addresses.server.ts';
import { cardFor } from './card-for.server.ts';
import { postcardChecklist } from './checklist-postcard.ts';
import { textChecklist, type TextFacts } from './checklist-text.ts';
import { checklist, hasContent, usesOf, type CheckItem, type CommonFacts } from './checklist.ts';
import { INVENTED_ADDRESS, inventedValues } from './invented.server.ts';
import { launchCampaign } from './launch.server.ts';
import { loadCardSender, type CardSender } from './press.server.ts';
import { localDay } from './send-values.server.ts';
import { loadStep, rulesVersion, type Step } from './steps.server.ts';

export type CheckOptions = { addresses: Addresses } & Pick<ProviderOptions, 'ses'> &
  Pick<TextOptions, 'twilio'> &
  Pick<MailOptions, 'secret' | 'lob'>;

/** A step's content as it would be frozen; `compiled` is null while it does not compile. */
export type Content = {
  /** What may be sent but should be looked at. */
  warnings: readonly Problem[];
} & (
  | { channel: 'email'; compiled: CompiledEmail | null; provider: 'sandbox' | 'ses' }
  | { channel: 'sms'; compiled: CompiledSms | null; provider: 'sandbox' | 'twilio'; number: TextFacts['number'] }
  | {
      channel: 'mail';
      compiled: CompiledPostcard | null;
      provider: 'sandbox' | 'lob';
      document: PostcardDocument;
      card: CardSender;
      addresses: AddressCounts;
    }
);

export type CampaignCheck = {
  campaign: Campaign;
  step: Step;
  reach: Reach;
  rules: AudienceRules;
  rulesVersion: string;
  /** The company's day, `YYYY-MM-DD`, that the audience was read for. */
  today: string;
  counts: AudienceCounts;
  items: CheckItem[];
  /** True when nothing stands against the launch. */
  ready: boolean;
  sender: Sender;
  /** Goes by its provider; `sandbox` means that nothing leaves the house. */
  content: Content;
};

/**
 * Looks at everything that a campaign needs before it may go out. The pages show it; the launch asks it again in its own
 * transaction, so that nothing is launched that a page would not let through (S0-06, B-10).
 * @returns null when the company has no such campaign
 */
export async function checkCampaign(tx: Tx, campaignId: number, options: CheckOptions): Promise<CampaignCheck | null> {
  const campaign = await getCampaign(tx, campaignId);
  const step = campaign && (await loadStep(tx, campaignId));
  if (!step) return null;
  const standIn = step.channel !== 'email' || (await emailProviderName(tx, options)) === 'sandbox';
  const sender = await loadSender(tx, { addresses: options.addresses, secret: options.secret, standIn });
  const rules = readRules(campaign.audience);
  const today = localDay(sender.timeZone);
  const reach = { channel: step.channel, purpose: campaign.purpose };
  const counts = await audienceCounts(tx, rules, today, reach);
  const facts: Facts = {
    rules,
    today,
    reach,
    campaignId,
    rulesReadable: AudienceRules.safeParse(campaign.audience).success,
    eligible: counts.eligible,
    portalOrigin: sender.portalOrigin,
  };
  const { items, content } = await { email: checkEmail, sms: checkText, mail: checkPostcard }[step.channel](
    tx,
    step,
    sender,
    facts,
    options,
  );
  const ready = content.compiled !== null && items.every((each) => each.state === 'done');
  const read = { campaign, step, reach, rules, rulesVersion: rulesVersion(rules), today, counts, sender };
  return { ...read, items, ready, content };
}

/** With the audience that the content is for. */
type Facts = CommonFacts & Pick<CampaignCheck, 'rules' | 'today' | 'reach'>;
type Checked = { items: CheckItem[]; content: Content };

async function checkEmail(
  tx: Tx,
  step: Step,
  sender: Sender,
  facts: CommonFacts,
  options: CheckOptions,
): Promise<Checked> {
  const parsed = parseEmailDocument(step.document);
  const document = parsed.ok ? parsed.document : emptyDocument();
  const { subject, preheader } = step;
  const result = await compileEmail({ document, subject, preheader, assetOrigin: options.addresses.appOrigin });
  const refused = result.ok ? refusedLinks(result.email.links, options.addresses) : result.problems;
  const items = checklist({
    ...facts,
    subject,
    hasContent: parsed.ok && hasContent(document),
    uses: result.ok ? result.email.uses : usesOf(document),
    problems: refused,
    postalAddress: sender.profile.postalAddress,
    from: sender.from?.address ?? null,
  });
  const compiled = result.ok ? result.email : null;
  const warnings = result.ok ? result.warnings : [];
  return { items, content: { channel: 'email', compiled, warnings, provider: await emailProviderName(tx, options) } };
}

/**
 * Links that nobody may be led to, as problems of the content (S0-11). The redirect asks again.
 * @param links as compiled
 */
function refusedLinks(links: readonly { url: string | null }[], addresses: Addresses): Problem[] {
  return links.flatMap(({ url }) => {
    const why = url === null ? null : refuseDestination(url, addresses);
    return why === null ? [] : [problemOf('Link', why, url!.slice(0, 60))];
  });
}

async function checkText(
  tx: Tx,
  step: Step,
  sender: Sender,
  facts: CommonFacts,
  options: CheckOptions,
): Promise<Checked> {
  const parsed = parseSmsDocument(step.document);
  const document = parsed.ok ? parsed.document : emptySms();
  const result = compileSms(document, {
    ...smsOptions(sender),
    refuseUrl: (url) => refuseDestination(url, options.addresses),
  });
  const number = await textsReady(tx, options);
  const items = textChecklist({
    ...facts,
    text: document.text,
    usesPortal: /\blinks\.(?:customer_portal|pay_invoice)\b/.test(document.text),
    problems: result.ok ? [] : result.problems,
    optOut: OPT_OUT,
    number,
  });
  const compiled = result.ok ? result.compiled : null;
  const warnings = result.ok ? result.warnings : [];
  return {
    items,
    content: { channel: 'sms', compiled, warnings, provider: await textProviderName(tx, options), number },
  };
}

async function checkPostcard(
  tx: Tx,
  step: Step,
  sender: Sender,
  facts: Facts,
  options: CheckOptions,
): Promise<Checked> {
  const parsed = parsePostcardDocument(step.document);
  const document = parsed.ok ? parsed.document : emptyPostcard();
  const result = compilePostcard(document, {
    ...postcardOptions(sender),
    refuseUrl: (url) => refuseDestination(url, options.addresses),
  });
  const compiled = result.ok ? result.compiled : null;
  const card = await loadCardSender(tx, sender);
  const provider = await mailProviderName(tx, options);
  const addresses = await addressCounts(tx, facts, provider);
  const sample = compiled && cardFor(compiled, sender, card, inventedValues(sender), INVENTED_ADDRESS);
  const { picture } = document.front;
  const items = postcardChecklist({
    ...facts,
    written: document.back.body.trim() !== '',
    usesPortal: usesPortal(document),
    problems: result.ok ? [] : result.problems,
    misfits: sample?.misfits ?? [],
    picture: picture && resolutionProblem(picture, document.size),
    returnAddress: card.returnAddress,
    addresses,
    printer: await mailReady(tx, options),
  });
  const warnings = result.ok ? result.warnings : [];
  return { items, content: { channel: 'mail', compiled, warnings, provider, document, card, addresses } };
}

const usesPortal = ({ qr, ...texts }: PostcardDocument) =>
  (qr !== null && qr.target !== 'url') || /\blinks\.(?:customer_portal|pay_invoice)\b/.test(JSON.stringify(texts));

export type LaunchOutcome =
  | { ok: true }
  | { ok: false; reason: 'missing' }
  /** Somebody launched it before: this click changed nothing. */
  | { ok: false; reason: 'already' }
  /** A colleague changed the message or the audience after the page was opened. */
  | { ok: false; reason: 'changed' }
  | { ok: false; reason: 'not_ready'; items: CheckItem[] };

/**
 * Runs the checklist once more under the campaign's lock and launches what it saw, in the caller's transaction: nothing
 * else can slip in between, and a second click finds it launched.
 * @param seen the versions of content and audience that the person agreed to
 */
export async function launchChecked(
  tx: Tx,
  actor: Actor,
  campaignId: number,
  seen: { stepVersion: number; rulesVersion: string },
  options: CheckOptions,
): Promise<LaunchOutcome> {
  const campaign = await lockCampaign(tx, campaignId);
  if (!campaign) return { ok: false, reason: 'missing' };
  if (campaign.status !== 'draft') return { ok: false, reason: 'already' };
  const check = await checkCampaign(tx, campaignId, options);
  if (!check) return { ok: false, reason: 'missing' };
  if (check.step.version !== seen.stepVersion || check.rulesVersion !== seen.rulesVersion) {
    return { ok: false, reason: 'changed' };
  }
  const { compiled } = check.content;
  if (!check.ready || !compiled) {
    return { ok: false, reason: 'not_ready', items: check.items.filter((each) => each.state !== 'done') };
  }
  const { id: stepId, version } = check.step;
  const launched = await launchCampaign(tx, {
    campaignId,
    actor,
    steps: [{ stepId, version, compiled }],
  });
  if (launched.ok) return launched;
  return { ok: false, reason: launched.already ? 'already' : 'changed' };
}

/** What a company's postcards are compiled with. */
export const postcardOptions = (sender: Sender) => ({ portalReady: sender.portalOrigin !== null });

/** What a company's texts are compiled with. */
export const smsOptions = (sender: Sender) => ({
  where: 'Message',
  companyName: sender.companyName,
  portalReady: sender.portalOrigin !== null,
  website: sender.profile.website,
});
