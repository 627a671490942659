import { Alert, Anchor, Stack, Text, Title } from '@mantine/core';

import { useBuilder } from '../builder-context.tsx';
import { FOOTER, INVITATION_NOTE, INVOICE_SUMMARY } from '../document.ts';
import { type OutlineNode, type Path, kindName } from '../structure.ts';
import { ButtonProperties } from './ButtonProperties.tsx';
import { ImageProperties } from './ImageProperties.tsx';
import { SocialProperties } from './SocialProperties.tsx';
import { TextProperties } from './TextProperties.tsx';
import { ColorField, PaddingField, Pair, PixelField, type PropertyProps, TextLook } from './fields.tsx';

/** What is selected, to be changed. With nothing selected: the email as a whole. */
export function PropertiesPanel() {
  const { node, selected, editor, body, readOnly } = useBuilder();
  const path = selected ?? [];
  const set = (changes: Record<string, string | undefined>) => editor?.setAttributes(path, changes);
  if (readOnly) return <Help>This email can no longer be changed.</Help>;
  return (
    <Stack gap="md" className="fp-properties" key={path.join('.')}>
      <Title order={2} size="h5" tabIndex={-1} data-properties-heading="">
        {node === null ? 'Email Properties' : `${kindName(node.type)} Properties`}
      </Title>
      {node === null ? (
        <>
          <Help>Select a block in the email or under Structure to change it.</Help>
          <ColorField
            label="Ground around the email"
            value={body.attributes['background-color'] ?? '#FFFFFF'}
            onChange={(color) => set({ 'background-color': color })}
          />
        </>
      ) : (
        <NodeProperties node={node} path={path} attributes={node.attributes} set={set} />
      )}
    </Stack>
  );
}

function NodeProperties({ node, path, attributes, set }: PropertyProps & { node: OutlineNode; path: Path }) {
  const { editor, brand } = useBuilder();
  const setContent = (content: string) => editor?.setContent(path, content);
  const background = (
    <ColorField
      label="Background"
      value={attributes['background-color'] ?? ''}
      onChange={(color) => set({ 'background-color': color })}
    />
  );
  switch (node.type) {
    case 'mj-text':
    case INVITATION_NOTE:
      return <TextProperties node={node} attributes={attributes} set={set} setContent={setContent} />;
    case 'mj-button':
      return <ButtonProperties content={node.content} attributes={attributes} set={set} setContent={setContent} />;
    case 'mj-image':
      return <ImageProperties attributes={attributes} set={set} />;
    case 'mj-social':
      return (
        <SocialProperties
          attributes={attributes}
          set={set}
          links={node.components}
          setLinks={(links) => editor?.setChildren(path, links)}
        />
      );
    case 'mj-spacer':
      return (
        <PixelField label="Height" min={4} value={attributes.height ?? '20px'} onChange={(height) => set({ height })} />
      );
    case 'mj-divider':
      return (
        <>
          <Pair>
            <ColorField
              label="Color"
              value={attributes['border-color'] ?? ''}
              onChange={(color) => set({ 'border-color': color })}
            />
            <PixelField
              label="Thickness"
              min={1}
              max={12}
              value={attributes['border-width'] ?? '4px'}
              onChange={(width) => set({ 'border-width': width })}
            />
          </Pair>
          <PaddingField attributes={attributes} set={set} />
        </>
      );
    case 'mj-section':
    case 'mj-column':
      return (
        <>
          {background}
          <PaddingField attributes={attributes} set={set} />
        </>
      );
    case INVOICE_SUMMARY:
      return (
        <>
          <Help>Shows each person their own invoice: number, what it was for, due date and the amount still due.</Help>
          <Pair>
            {background}
            <ColorField
              label="Line color"
              value={attributes['border-color'] ?? ''}
              onChange={(color) => set({ 'border-color': color })}
            />
          </Pair>
          <PaddingField attributes={attributes} set={set} />
        </>
      );
    case FOOTER:
      return (
        <>
          <Help>
            Holds your company name, postal address and the unsubscribe link, which the law asks of every marketing
            email. The address comes from your company settings.
          </Help>
          {brand.postalAddress.trim() === '' && (
            <Alert color="red" variant="light" title="Your postal address is missing">
              Fill it in under <Anchor href="/settings/company">Settings &gt; Company</Anchor>. A campaign cannot be
              launched without it.
            </Alert>
          )}
          <TextLook attributes={attributes} set={set} max={20} />
        </>
      );
  }
}

function Help({ children }: { children: React.ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
