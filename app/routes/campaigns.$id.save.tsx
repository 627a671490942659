import type { ActionFunctionArgs } from '@remix-run/node';
import { z } from 'zod';

import { audienceFields, rulesFromForm } from '#app/audiences/form.ts';
import { checkCampaign } from '#app/campaigns/checklist.server.ts';
import { frameOf } from '#app/campaigns/frame.ts';
import {
  saveAudience,
  saveEmailStep,
  savePostcardStep,
  saveTextStep,
  type Saved,
} from '#app/campaigns/steps.server.ts';
import { readJson } from '#app/web/form.server.ts';
import { idParam, notFound, requireStaff } from '#app/web/staff.server.ts';
import type { Tx } from '#db/client.ts';

import { checkOptions } from './campaigns.draft.server.ts';

/** More than may be kept of a line (see `saveEmailStep`), so that what is too long is said at its field. */
const line = z.string().max(200_000).optional();

const body = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('audience'),
    version: z.string().max(64),
    value: audienceFields,
  }),
  z.object({
    step: z.literal('email'),
    version: z.int(),
    value: z.object({
      subject: line,
      preheader: line,
      document: z.unknown().optional(),
    }),
  }),
  z.object({ step: z.literal('postcard'), version: z.int(), value: z.object({ document: z.unknown() }) }),
  z.object({
    step: z.literal('text'),
    version: z.int(),
    value: z.object({ text: z.string().max(200_000), stopOnReply: z.boolean().optional() }),
  }),
]);

/** Where the steps of a draft save themselves as they are changed. Speaks JSON both ways. */
export async function action(args: ActionFunctionArgs) {
  const staff = await requireStaff(args, 'campaigns.edit');
  const id = idParam(args.params.id);
  const parsed = body.safeParse(await readJson(args.request));
  if (!parsed.success) return invalid({ form: 'This can’t be read. Open the page again.' });
  const input = parsed.data;
  return staff.tx(async (tx) => {
    const saved = await save(tx, input);
    if (saved instanceof Response) return saved;
    if (!saved) throw notFound();
    if (!saved.ok) return Response.json(saved, { status: saved.reason === 'invalid' ? 400 : 409 });
    const check = await checkCampaign(tx, id, checkOptions(args));
    if (!check) throw notFound();
    return Response.json({
      ...saved,
      frame: frameOf({ ...check.campaign, channel: check.reach.channel }, check.items),
      items: check.items,
      warnings: check.content.warnings,
    });
  });

  async function audience(tx: Tx, version: string, value: z.infer<typeof audienceFields>) {
    const read = rulesFromForm(value);
    if (!read.ok) return invalid(read.errors);
    return saveAudience(tx, staff.actor, id, { version, rules: read.rules });
  }

  function save(tx: Tx, step: typeof input): Promise<Saved<number | string> | Response | null> {
    switch (step.step) {
      case 'audience':
        return audience(tx, step.version, step.value);
      case 'text':
        return saveTextStep(tx, staff.actor, id, { version: step.version, ...step.value });
      case 'postcard':
        return savePostcardStep(tx, staff.actor, id, { version: step.version, ...step.value });
      default:
        return saveEmailStep(tx, staff.actor, id, { version: step.version, ...step.value });
    }
  }
}

const invalid = (errors: Record<string, string>) =>
  Response.json({ ok: false, reason: 'invalid', errors }, { status: 400 });
