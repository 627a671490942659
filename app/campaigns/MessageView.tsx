import { Phone, PhoneText } from '#app/messaging/Phone.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { refusalWords } from '#builders/sms/compose.ts';

import { EmailView, ViewLinks, type PreviewView } from './EmailView.tsx';
import type { PreviewMessage } from './preview.server.ts';

/**
 * A message as one recipient gets it: an email in its mail program, a text on its phone.
 * @param from who the email is from
 * @param number which number the text is from
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
        <Phone with={number}>
          <PhoneText>{message.body}</PhoneText>
        </Phone>
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
