import { Phone, PhoneText } from '#app/messaging/Phone.tsx';
import { Notice } from '#app/ui/Notice.tsx';
import { refusalWords } from '#builders/sms/compose.ts';

import { CardView } from './CardView.tsx';
import { EmailView, ViewLinks, type PreviewView } from './EmailView.tsx';
import type { PreviewMessage } from './preview.server.ts';

/**
 * A message as one recipient gets it: an email in its mail program, a text on its phone, a postcard with both sides.
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
  proof,
}: {
  message: PreviewMessage;
  from: { name?: string; address: string };
  number: string;
  view: PreviewView;
  reader: string;
  /** Where a postcard's proof is. */
  proof: string;
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
  if (message.channel === 'mail') return <CardView card={message.card} misfits={message.misfits} pdf={proof} />;
  return (
    <>
      <ViewLinks view={view} />
      <EmailView email={message} from={from} view={view} reader={reader} />
    </>
  );
}
