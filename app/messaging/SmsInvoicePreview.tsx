import { Text } from '@mantine/core';

import { formatNoun, formatPhone } from '#app/ui/format.ts';
import { countText } from '#builders/sms/segments.ts';

import { Phone, PhoneText } from './Phone.tsx';

/** The text that carries a payment link, on its customer's phone (S1-04). @param from what texts come from, where that is known */
export function SmsInvoicePreview({ text, from }: { text: string; from: string | null }) {
  return (
    <>
      <Phone with={from ? formatPhone(from) : 'Your number'} short>
        <PhoneText>{text}</PhoneText>
      </Phone>
      <Text size="sm" c="dimmed" mt="xs">
        {formatNoun(countText(text).parts, 'part')}
      </Text>
    </>
  );
}
