import { Checkbox } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useRef } from 'react';

import { useBuilder } from './builder-context.tsx';
import type { PostcardDocument } from './document.ts';
import { PlainField } from './PlainField.tsx';
import classes from './PostcardBuilder.module.css';

type Back = PostcardDocument['back'];

/** What the back says: its message, the **Body** (S0-14), and a coupon to cut out. */
export function BackFields({ back, onChange }: { back: Back; onChange: (back: Back, field: string) => void }) {
  const { readOnly } = useBuilder();
  const mounted = useMounted();
  // What was typed stays while the coupon is off.
  const kept = useRef(back.coupon ?? { title: '', terms: '' });
  if (back.coupon) kept.current = back.coupon;
  const coupon = kept.current;
  return (
    <section className={classes.section} aria-labelledby="postcard-back">
      <h2 id="postcard-back">Back</h2>
      <PlainField
        name="back.headline"
        label="Headline on the back"
        text={back.headline}
        onChange={(headline) => onChange({ ...back, headline }, 'back.headline')}
      />
      <PlainField
        name="back.body"
        label="Body"
        help="The message, and where to go. Special links print each recipient’s own short address."
        rows={7}
        links
        text={back.body}
        onChange={(body) => onChange({ ...back, body }, 'back.body')}
      />
      <Checkbox
        name="back.coupon"
        label="Coupon"
        description="A frame to cut out."
        checked={back.coupon !== null}
        disabled={readOnly}
        onChange={(event) => onChange({ ...back, coupon: event.currentTarget.checked ? coupon : null }, 'back.coupon')}
      />
      {(!mounted || back.coupon !== null) && (
        <>
          <PlainField
            name="back.coupon.title"
            label="Coupon title"
            text={coupon.title}
            onChange={(title) => onChange({ ...back, coupon: { ...coupon, title } }, 'back.coupon.title')}
          />
          <PlainField
            name="back.coupon.terms"
            label="Coupon terms"
            rows={2}
            text={coupon.terms}
            onChange={(terms) => onChange({ ...back, coupon: { ...coupon, terms } }, 'back.coupon.terms')}
          />
        </>
      )}
    </section>
  );
}
