import { refusalWords } from '#builders/sms/compose.ts';
import { PhonePreview } from '#builders/sms/PhonePreview.tsx';

import { EmailView, ViewLinks, type PreviewView } from './EmailView.tsx';
import type { PreviewMessage } from './preview.server.ts';
import { Notice } from '#app/ui/Notice.tsx';

/**
 * A message as one recipient gets it: an email in its mail program, a text on its phone.
 * @param sender who the email, or which number the text, is from
 * @param reader whose message it is
 */
export function MessageView({
  message,
  from,
  number,
  view,
  reader,
}: {
  message: PreviewMessage;
  from: { name?: string; address: string };
  number: string;
  view: PreviewView;
  reader: string;
}) {
  if (message.channel === 'sms') {
    return (
      <>
        {message.refusal && <Notice tone="problem">{refusalWords[message.refusal]}</Notice>}
        <PhonePreview sender={number} body={message.body} reader={reader} />
      </>
    );
  }
  return (
    <>
      <ViewLinks view={view} />
      <EmailView email={message} from={from} view={view} reader={reader} />
    </>
  );
}
