import { Alert, Anchor, Button, SimpleGrid } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Form, Link, useNavigate } from '@remix-run/react';
import { useRef, useState } from 'react';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import type { EmailDocument } from '#builders/email/document.ts';
import { EmailBuilder, type Brand, type Images } from '#builders/email/EmailBuilder.tsx';
import type { Problem } from '#builders/merge/problem.ts';

import type { CheckItem } from './checklist.ts';
import classes from './EmailStep.module.css';
import type { Frame } from './frame.ts';
import { MergeLine } from './MergeLine.tsx';
import { places } from './places.ts';
import { ProblemList } from './ProblemList.tsx';
import { StepsFrame } from './StepsFrame.tsx';
import { takeOver } from './take-over.ts';
import { useAutosave } from './useAutosave.ts';

export type EmailContent = { subject: string; preheader: string; document: EmailDocument };

type Checked = { frame: Frame; items: CheckItem[]; warnings: readonly Problem[] };

/** Step 2, *Email Sequence* (S0-04): subject, preheader and the email itself. */
export function EmailStep(
  props: Checked &
    EmailContent & {
      mayEdit: boolean;
      version: number;
      savedAt: string;
      images: Images['list'];
      brand: Brand;
      portalReady: boolean;
      refused: { errors: Record<string, string>; values: { subject: string; preheader: string } } | null;
    },
) {
  const { mayEdit, refused } = props;
  const { id } = props.frame.campaign;
  const mounted = useMounted();
  const navigate = useNavigate();
  const [checked, setChecked] = useState<Checked | null>(null);
  const { items, warnings } = checked ?? props;
  const frame = { ...(checked ?? props).frame, campaign: props.frame.campaign }; // renaming loads the page's own anew
  const { subject, preheader, document } = props;
  const mine = useRef<EmailContent>({ subject, preheader, document });
  const { autosave, state } = useAutosave<EmailContent, Checked>({
    url: `/campaigns/${id}/save`,
    step: 'email',
    version: props.version,
    savedAt: props.savedAt,
    onSaved: setChecked,
  });
  const change = (part: Partial<EmailContent>) => {
    Object.assign(mine.current, part);
    autosave.push(part);
  };
  const errors = state.kind === 'invalid' ? state.errors : (refused?.errors ?? {});
  const portal = items.find((item) => item.id === 'portal' && item.state === 'wrong');
  const problems = items.find((item) => item.id === 'tags')?.problems ?? [];
  return (
    <StepsFrame
      frame={frame}
      current="content"
      {...(mayEdit && {
        save: state,
        autosave,
        takeOver: takeOver(id, 'email', autosave, () => mine.current, navigate),
      })}
    >
      <ErrorSummary errors={refused?.errors} />
      {errors.document && (
        <Alert role="alert" color="brick" variant="light" mb="md" title="The email is not saved yet">
          {errors.document}
        </Alert>
      )}
      {portal && (
        <Alert role="alert" color="brick" variant="light" mb="md" title="The Customer Portal is not set up">
          This email links to it, so it can’t be launched yet.{' '}
          <Anchor component={Link} to={places.portal} inherit underline="always">
            Set up the portal
          </Anchor>
          , or take the links out.
        </Alert>
      )}
      <ProblemList problems={problems} warnings={warnings} />
      <Form method="post" onSubmit={(event) => mounted && event.preventDefault()} className={classes.lines}>
        <input type="hidden" name="version" value={props.version} />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
          <MergeLine
            name="subject"
            label="Subject"
            description="What they see first. Short is better: about 50 characters."
            defaultValue={refused?.values.subject ?? subject}
            error={errors.subject}
            readOnly={!mayEdit}
            onChange={(value) => change({ subject: value })}
          />
          <MergeLine
            name="preheader"
            label="Preheader"
            description="The grey line behind the subject in the inbox."
            defaultValue={refused?.values.preheader ?? preheader}
            error={errors.preheader}
            readOnly={!mayEdit}
            onChange={(value) => change({ preheader: value })}
          />
        </SimpleGrid>
        {!mounted && (
          <Button type="submit" mt="sm" disabled={!mayEdit}>
            Save
          </Button>
        )}
      </Form>
      <EmailBuilder
        document={document}
        onChange={(next) => change({ document: next })}
        images={{ upload, list: props.images }}
        brand={props.brand}
        portalReady={props.portalReady}
        portalSettingsHref={places.portal}
        readOnly={!mayEdit}
      />
    </StepsFrame>
  );
}

/** Sends a picture to be kept. What is wrong with it comes back in words. */
async function upload(file: File): Promise<{ url: string } | { error: string }> {
  const form = new FormData();
  form.set('image', file);
  try {
    const response = await fetch('/campaigns/images', { method: 'POST', body: form });
    const reply = (await response.json()) as { url?: string; error?: string };
    if (reply.url) return { url: reply.url };
    return { error: reply.error ?? 'This image could not be kept. Try again.' };
  } catch {
    return { error: 'This image could not be sent. Check the connection and try again.' };
  }
}
