import { Alert, Anchor, Button } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Form, Link, useNavigate } from '@remix-run/react';
import { useMemo, useRef, useState } from 'react';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import type { Problem } from '#builders/merge/problem.ts';
import type { Card } from '#builders/postcard/card.ts';
import type { PostcardDocument } from '#builders/postcard/document.ts';
import { PostcardBuilder, type PictureChoice, type PostcardSample } from '#builders/postcard/PostcardBuilder.tsx';

import type { CheckItem } from './checklist.ts';
import type { Frame } from './frame.ts';
import { places } from './places.ts';
import { StepsFrame } from './StepsFrame.tsx';
import { takeOver } from './take-over.ts';
import { useAutosave } from './useAutosave.ts';

type Checked = { frame: Frame; items: CheckItem[]; warnings: readonly Problem[] };

/** Step 2 of a campaign by mail, *Build Mail Sequence* (S0-14). */
export function PostcardStep(
  props: Checked & {
    mayEdit: boolean;
    document: PostcardDocument;
    version: number;
    savedAt: string;
    samples: PostcardSample[];
    brand: Card['brand'];
    returnAddress: readonly string[];
    exampleUrl: string;
    portalReady: boolean;
    pictures: PictureChoice[];
    refused: { errors: Record<string, string>; document: PostcardDocument | null } | null;
  },
) {
  const { mayEdit, refused } = props;
  const { id } = props.frame.campaign;
  const mounted = useMounted();
  const navigate = useNavigate();
  const [checked, setChecked] = useState<Checked | null>(null);
  const { items } = checked ?? props;
  const frame = { ...(checked ?? props).frame, campaign: props.frame.campaign }; // renaming loads the page's own anew
  const [document, setDocument] = useState(refused?.document ?? props.document);
  const mine = useRef({ document });
  const { autosave, state } = useAutosave<{ document: PostcardDocument }, Checked>({
    url: `/campaigns/${id}/save`,
    step: 'postcard',
    version: props.version,
    savedAt: props.savedAt,
    onSaved: setChecked,
  });
  const change = (next: PostcardDocument) => {
    setDocument(next);
    mine.current = { document: next };
    autosave.push(mine.current);
  };
  const pictures = useMemo(() => ({ list: props.pictures, urlOf: pictureUrl, accept, upload }), [props.pictures]);
  const portal = items.find((item) => item.id === 'portal' && item.state === 'wrong');
  const problems = items.find((item) => item.id === 'tags')?.problems ?? [];
  return (
    <StepsFrame
      frame={frame}
      current="content"
      {...(mayEdit && {
        save: state,
        autosave,
        takeOver: takeOver(id, 'postcard', autosave, () => mine.current, navigate),
      })}
    >
      <ErrorSummary errors={refused?.errors} />
      {portal && (
        <Alert role="alert" color="brick" variant="light" mb="md" title="The Customer Portal is not set up">
          This postcard leads to it, so it can’t be launched yet.{' '}
          <Anchor component={Link} to={places.portal} inherit underline="always">
            Set up the portal
          </Anchor>
          , or let its code and links lead elsewhere.
        </Alert>
      )}
      <Form method="post" onSubmit={(event) => mounted && event.preventDefault()}>
        <input type="hidden" name="version" value={props.version} />
        <PostcardBuilder
          document={document}
          onChange={change}
          samples={props.samples}
          brand={props.brand}
          returnAddress={props.returnAddress}
          exampleUrl={props.exampleUrl}
          portal={{ ready: props.portalReady, settingsHref: places.portal }}
          pictures={pictures}
          proofHref={`/campaigns/${id}/proof`}
          errors={state.kind === 'invalid' ? state.errors : (refused?.errors ?? {})}
          problems={problems}
          readOnly={!mayEdit}
        />
        {!mounted && (
          <Button type="submit" mt="sm" disabled={!mayEdit}>
            Save
          </Button>
        )}
      </Form>
    </StepsFrame>
  );
}

const pictureUrl = (token: string) => `/images/${token}`;
const accept = 'image/png,image/jpeg,application/pdf';

/** Sends a picture to be kept for print. What is wrong with it comes back in words. */
async function upload(file: File): Promise<{ ok: true; picture: PictureChoice } | { ok: false; error: string }> {
  const form = new FormData();
  form.set('picture', file);
  const response = await fetch('/campaigns/print-pictures', { method: 'POST', body: form });
  return (await response.json()) as Awaited<ReturnType<typeof upload>>;
}
