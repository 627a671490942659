import { Alert, Anchor, Button, Switch } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { Form, Link, useNavigate } from '@remix-run/react';
import { useRef, useState } from 'react';

import { ErrorSummary } from '#app/ui/FormErrors.tsx';
import type { Problem } from '#builders/merge/problem.ts';
import { SmsComposer } from '#builders/sms/SmsComposer.tsx';

import type { CheckItem } from './checklist.ts';
import type { Frame } from './frame.ts';
import { places } from './places.ts';
import { StepsFrame } from './StepsFrame.tsx';
import { takeOver } from './take-over.ts';
import type { Recipient } from './text-estimate.server.ts';
import { useAutosave } from './useAutosave.ts';

type Typed = { text: string; stopOnReply: boolean };
type Checked = { frame: Frame; items: CheckItem[]; warnings: readonly Problem[] };

/** Step 2 of a campaign by text, *Automated Text Message Content* (S0-10). */
export function TextStep(
  props: Checked & {
    mayEdit: boolean;
    text: string;
    stopOnReply: boolean;
    version: number;
    savedAt: string;
    samples: Recipient[];
    exampleUrl: string;
    number: string;
    companyName: string;
    website: string;
    portalReady: boolean;
    refused: ({ errors: Record<string, string> } & Typed) | null;
  },
) {
  const { mayEdit, refused } = props;
  const { id } = props.frame.campaign;
  const mounted = useMounted();
  const navigate = useNavigate();
  const [checked, setChecked] = useState<Checked | null>(null);
  const { items } = checked ?? props;
  const frame = { ...(checked ?? props).frame, campaign: props.frame.campaign }; // renaming loads the page's own anew
  const [typed, setTyped] = useState<Typed>({
    text: refused?.text ?? props.text,
    stopOnReply: refused?.stopOnReply ?? props.stopOnReply,
  });
  const mine = useRef(typed);
  const { autosave, state } = useAutosave<Typed, Checked>({
    url: `/campaigns/${id}/save`,
    step: 'text',
    version: props.version,
    savedAt: props.savedAt,
    onSaved: setChecked,
  });
  const change = (next: Partial<Typed>) => {
    mine.current = { ...mine.current, ...next };
    setTyped(mine.current);
    autosave.push(mine.current);
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
        takeOver: takeOver(id, 'text', autosave, () => mine.current, navigate),
      })}
    >
      <ErrorSummary errors={refused?.errors} />
      {portal && (
        <Alert role="alert" color="brick" variant="light" mb="md" title="The Customer Portal is not set up">
          This text links to it, so it can’t be launched yet.{' '}
          <Anchor component={Link} to={places.portal} inherit underline="always">
            Set up the portal
          </Anchor>
          , or take the links out.
        </Alert>
      )}
      <Form method="post" onSubmit={(event) => mounted && event.preventDefault()}>
        <input type="hidden" name="version" value={props.version} />
        <SmsComposer
          text={typed.text}
          onChange={(text) => change({ text })}
          samples={props.samples}
          exampleUrl={props.exampleUrl}
          sender={{ name: props.companyName, number: props.number === props.companyName ? null : props.number }}
          website={props.website}
          portal={{ ready: props.portalReady, settingsHref: places.portal }}
          problems={problems}
          error={errors.text}
          readOnly={!mayEdit}
        />
        <Switch
          name="stopOnReply"
          mt="lg"
          label="Stop when they answer"
          description="A customer who answers gets nothing more of this campaign. Off: what still waits for them goes out."
          checked={typed.stopOnReply}
          onChange={(event) => change({ stopOnReply: event.currentTarget.checked })}
          disabled={!mayEdit}
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
