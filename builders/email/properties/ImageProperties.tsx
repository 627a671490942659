import { Button, FileButton, Group, Image, SimpleGrid, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useState } from 'react';

import { useBuilder } from '../builder-context.tsx';
import { AlignField, PaddingField, PixelField, type PropertyProps, TextField, UrlField } from './fields.tsx';

/** A picture: where it comes from, what it says to people who don't see it, where it leads. */
export function ImageProperties({ attributes, set }: PropertyProps) {
  const { images, announce } = useBuilder();
  const [state, setState] = useState<{ busy: boolean; error: string | null }>({ busy: false, error: null });
  const [uploaded, setUploaded] = useState<{ url: string; name: string }[]>([]);
  const upload = async (file: File | null) => {
    if (file === null) return;
    setState({ busy: true, error: null });
    const result = await images
      .upload(file)
      .catch(() => ({ error: 'The picture could not be sent. Check your connection and try again.' }));
    if ('error' in result) return setState({ busy: false, error: result.error });
    setState({ busy: false, error: null });
    setUploaded((before) => [{ url: result.url, name: file.name }, ...before]);
    set({ src: result.url });
    announce(`${file.name} uploaded.`);
  };
  const list = [...uploaded, ...images.list.filter((image) => !uploaded.some((each) => each.url === image.url))];
  return (
    <>
      <Stack gap={6}>
        {attributes.src !== undefined && (
          <Image src={attributes.src} alt="" mah={120} w="auto" fit="contain" className="fp-thumb" />
        )}
        <Group gap="xs">
          <FileButton accept="image/png,image/jpeg,image/gif,image/webp" onChange={upload}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                size="xs"
                loading={state.busy}
                leftSection={<IconUpload size={16} aria-hidden />}
              >
                {attributes.src === undefined ? 'Upload a picture' : 'Replace the picture'}
              </Button>
            )}
          </FileButton>
        </Group>
        {state.error !== null && (
          <Text size="xs" className="fp-error" role="alert">
            {state.error}
          </Text>
        )}
      </Stack>
      {list.length > 0 && (
        <Stack gap={4}>
          <Text size="sm" fw={500}>
            Your pictures
          </Text>
          <SimpleGrid cols={4} spacing={6}>
            {list.slice(0, 12).map((image) => (
              <UnstyledButton
                key={image.url}
                className="fp-thumb"
                aria-label={`Use ${image.name}`}
                aria-pressed={image.url === attributes.src}
                onClick={() => set({ src: image.url })}
              >
                <Image src={image.url} alt="" h={48} fit="contain" />
              </UnstyledButton>
            ))}
          </SimpleGrid>
        </Stack>
      )}
      <TextField
        label="Alt text"
        description="Shown where pictures are blocked, and read aloud."
        value={attributes.alt ?? ''}
        onChange={(alt) => set({ alt })}
      />
      <UrlField label="Link" value={attributes.href ?? ''} onChange={(href) => set({ href })} />
      <PixelField
        label="Width"
        min={16}
        max={600}
        placeholder="As wide as fits"
        value={attributes.width ?? ''}
        onChange={(width) => set({ width: width === '' ? undefined : width })}
      />
      <AlignField attributes={attributes} set={set} fallback="center" />
      <PaddingField attributes={attributes} set={set} />
    </>
  );
}
