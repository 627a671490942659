import { redirect, type ActionFunctionArgs } from '@remix-run/node';
import { z } from 'zod';

import { audienceFields, rulesFromForm } from '#app/audiences/form.ts';
import { duplicateCampaign, type CopiedContent } from '#app/campaigns/campaigns.server.ts';
import { SUBJECT_LIMIT } from '#app/campaigns/steps.server.ts';
import { readJson } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import { parseEmailDocument } from '#builders/email/document.ts';
import { parsePostcardDocument } from '#builders/postcard/form.ts';
import { parseSmsDocument } from '#builders/sms/document.ts';

export const loader = ({ params }: ActionFunctionArgs) => redirect(`/campaigns/${idParam(params.id)}`);

const line = z.string().max(SUBJECT_LIMIT).optional();
const body = z.discriminatedUnion('step', [
  z.object({ step: z.literal('audience'), value: audienceFields }),
  z.object({
    step: z.literal('email'),
    value: z.object({ subject: line, preheader: line, document: z.unknown().optional() }),
  }),
  z.object({ step: z.literal('postcard'), value: z.object({ document: z.unknown().optional() }) }),
  z.object({
    step: z.literal('text'),
    value: z.object({ text: z.string().max(200_000).optional(), stopOnReply: z.boolean().optional() }),
  }),
]);

/** Copies a campaign. Sent as JSON, what could not be saved stands in the copy, and its id is answered. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const json = args.request.headers.get('content-type')?.includes('json');
  const instead = json ? contentOf(await readJson(args.request)) : {};
  if (!instead) return Response.json({ error: 'This can’t be read. Open the page again.' }, { status: 400 });
  const copy = await staff.tx((tx) => duplicateCampaign(tx, staff.actor, id, instead));
  if (!copy) throw notFound();
  return json ? Response.json({ id: copy }) : redirect(`/campaigns/${copy}/audience`);
}

function contentOf(input: unknown): CopiedContent | null {
  const parsed = body.safeParse(input);
  if (!parsed.success) return null;
  if (parsed.data.step === 'audience') {
    const read = rulesFromForm(parsed.data.value);
    return read.ok ? { audience: read.rules } : null;
  }
  if (parsed.data.step === 'text') {
    const { text, stopOnReply } = parsed.data.value;
    const read = text === undefined ? null : parseSmsDocument({ version: 1, text });
    if (read && !read.ok) return null;
    return { ...(read && { document: read.document }), ...(stopOnReply !== undefined && { stopOnReply }) };
  }
  if (parsed.data.step === 'postcard') {
    const { document } = parsed.data.value;
    const read = parsePostcardDocument(document);
    if (document === undefined) return {};
    return read.ok ? { document: read.document } : null;
  }
  const { value } = parsed.data;
  const document = value.document === undefined ? undefined : parseEmailDocument(value.document);
  if (document && !document.ok) return null;
  return { subject: value.subject, preheader: value.preheader, document: document?.document };
}
