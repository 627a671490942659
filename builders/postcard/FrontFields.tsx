import { useMounted } from '@mantine/hooks';

import type { Problem } from '../merge/problem.ts';
import { useBuilder } from './builder-context.tsx';
import type { PostcardDocument, PostcardSize } from './document.ts';
import { FieldProblems } from './FieldProblems.tsx';
import { PicturePicker, type Pictures } from './PicturePicker.tsx';
import { PlainField } from './PlainField.tsx';
import classes from './PostcardBuilder.module.css';

type Front = PostcardDocument['front'];

/** What the front says and shows. */
export function FrontFields({
  front,
  size,
  pictures,
  problems,
  onChange,
}: {
  front: Front;
  size: PostcardSize;
  pictures: Pictures;
  /** Of the whole side. */
  problems: readonly Problem[];
  onChange: (front: Front, field: string) => void;
}) {
  const { portal } = useBuilder();
  const mounted = useMounted();
  return (
    <section className={classes.section} aria-labelledby="postcard-front">
      <h2 id="postcard-front">Front</h2>
      <FieldProblems problems={problems} portal={portal} />
      <PlainField
        name="front.headline"
        label="Headline"
        text={front.headline}
        onChange={(headline) => onChange({ ...front, headline }, 'front.headline')}
      />
      <PlainField
        name="front.offer"
        label="Offer"
        help="A line or two below the headline. Leave it empty for none."
        text={front.offer}
        onChange={(offer) => onChange({ ...front, offer }, 'front.offer')}
      />
      <PicturePicker
        pictures={pictures}
        value={front.picture}
        size={size}
        onChange={(picture) => onChange({ ...front, picture }, 'front.picture')}
      />
      {(!mounted || front.picture !== null) && (
        <PlainField
          name="front.pictureText"
          label="Description of the picture"
          help="For whoever can’t see it. It is not printed."
          tags={false}
          text={front.pictureText}
          onChange={(pictureText) => onChange({ ...front, pictureText }, 'front.pictureText')}
        />
      )}
    </section>
  );
}
