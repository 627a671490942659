import { Button, Text } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { IconPhotoPlus } from '@tabler/icons-react';
import { useRef, useState } from 'react';

import { useBuilder } from './builder-context.tsx';
import type { Picture, PostcardSize } from './document.ts';
import { FieldProblems } from './FieldProblems.tsx';
import { GEOMETRY } from './geometry.ts';
import classes from './PostcardBuilder.module.css';
import { sizeWords } from './words.ts';

/** A picture of the company, as its list shows it. */
export type PictureChoice = Picture & { readonly name: string };

export type Pictures = {
  /** The newest first. */
  readonly list: readonly PictureChoice[];
  /** Where a picture is shown from; keep it the same function, or the preview is drawn anew. */
  readonly urlOf: (token: string) => string;
  /** What files it takes, as a file field says it: `image/png,image/jpeg`. */
  readonly accept: string;
  /** Keeps a file and gives its picture, or says in words why it cannot be printed. */
  readonly upload: (
    file: File,
  ) => Promise<{ readonly ok: true; readonly picture: PictureChoice } | { readonly ok: false; readonly error: string }>;
};

/** The picture on the front: one of the company's, or a new one. */
export function PicturePicker({
  pictures,
  value,
  size,
  onChange,
}: {
  pictures: Pictures;
  value: Picture | null;
  size: PostcardSize;
  onChange: (picture: Picture | null) => void;
}) {
  const { readOnly, announce, fitsOf, portal } = useBuilder();
  const mounted = useMounted();
  const file = useRef<HTMLInputElement>(null);
  const [added, setAdded] = useState<readonly PictureChoice[]>([]);
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  const known = new Map([...added, ...pictures.list].map((picture) => [picture.token, picture]));
  if (value && !known.has(value.token)) known.set(value.token, { ...value, name: 'The chosen picture' });

  const choose = (picture: PictureChoice | null) =>
    onChange(picture && { token: picture.token, width: picture.width, height: picture.height });
  const upload = async (chosen: File) => {
    setState({ busy: true, error: null });
    const result = await pictures
      .upload(chosen)
      .catch(
        () => ({ ok: false, error: 'The picture could not be sent. Check the connection and try again.' }) as const,
      );
    if (result.ok) {
      setAdded((before) => [result.picture, ...before]);
      choose(result.picture);
      announce(`${result.picture.name} is on the front.`);
    }
    setState({ busy: false, error: result.ok ? null : result.error });
  };
  return (
    <fieldset className={classes.choices} disabled={readOnly}>
      <legend>Picture</legend>
      <div className={classes.pictures}>
        <label className={classes.card}>
          <span className={classes.choice}>
            <input type="radio" name="front.picture" value="" checked={value === null} onChange={() => choose(null)} />
            <span className={classes.name}>No picture</span>
          </span>
        </label>
        {[...known.values()].map((picture) => (
          <label key={picture.token} className={classes.card}>
            <span className={classes.picture} aria-hidden>
              <img src={pictures.urlOf(picture.token)} alt="" loading="lazy" />
            </span>
            <span className={classes.choice}>
              <input
                type="radio"
                name="front.picture"
                value={picture.token}
                checked={value?.token === picture.token}
                onChange={() => choose(picture)}
              />
              <span className={classes.file}>
                {picture.name}
                <span className={classes.about}>
                  {picture.width} x {picture.height}
                </span>
              </span>
            </span>
          </label>
        ))}
      </div>
      {mounted && !readOnly && (
        <>
          <input
            ref={file}
            type="file"
            hidden
            accept={pictures.accept}
            aria-label="Picture file"
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              event.currentTarget.value = '';
              if (chosen) void upload(chosen);
            }}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPhotoPlus size={16} aria-hidden />}
            loading={state.busy}
            onClick={() => file.current?.click()}
          >
            Upload a picture
          </Button>
          <Text size="sm" c="dimmed" mt={4}>
            At 300 pixels an inch a whole side of {sizeWords[size].name} has {pixelsOf(size)}.
          </Text>
        </>
      )}
      <FieldProblems problems={[]} said={[state.error ?? [], fitsOf('picture')].flat()} portal={portal} />
    </fieldset>
  );
}

/** Of the art with its bleed, at 300 an inch. */
function pixelsOf(size: PostcardSize): string {
  const { width, height } = GEOMETRY[size].art;
  return [width, height].map((points) => Math.round((points / 72) * 300).toLocaleString('en-US')).join(' x ');
}
