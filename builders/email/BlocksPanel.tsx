import { Text, UnstyledButton } from '@mantine/core';
import {
  IconAddressBook,
  IconAlignLeft,
  IconBrandFacebook,
  IconColumns2,
  IconColumns3,
  IconFileInvoice,
  IconLineDashed,
  IconPhoto,
  IconPointer,
  IconSpacingVertical,
  IconUserPlus,
} from '@tabler/icons-react';

import { type BlockKind, blockChoices, newBlock } from './blocks.ts';
import { useBuilder } from './builder-context.tsx';

export const blockIcons: Record<BlockKind, typeof IconPhoto> = {
  text: IconAlignLeft,
  button: IconPointer,
  image: IconPhoto,
  'columns-2': IconColumns2,
  'columns-3': IconColumns3,
  divider: IconLineDashed,
  spacer: IconSpacingVertical,
  social: IconBrandFacebook,
  'invoice-summary': IconFileInvoice,
  'invitation-note': IconUserPlus,
  footer: IconAddressBook,
};

/** Every block, to be dragged onto the canvas or added with a click or key after what is selected. */
export function BlocksPanel() {
  const { add, editor, brand, readOnly } = useBuilder();
  return (
    <div className="fp-blocks">
      <Text size="xs" c="dimmed" mb="xs" id="fp-blocks-help">
        Drag into the email, or click to add after what is selected.
      </Text>
      <ul aria-label="Blocks" aria-describedby="fp-blocks-help">
        {blockChoices.map(({ kind, label, help }) => {
          const Icon = blockIcons[kind];
          return (
            <li key={kind}>
              <UnstyledButton
                className="fp-block"
                title={help}
                draggable={!readOnly}
                disabled={readOnly || editor === null}
                onClick={() => add(kind)}
                onDragStart={(event) => {
                  // Firefox drags only what carries data.
                  event.dataTransfer.setData('text/plain', '');
                  event.dataTransfer.effectAllowed = 'copy';
                  editor?.startDrag(newBlock(kind, brand));
                }}
                onDragEnd={() => editor?.endDrag()}
              >
                <Icon size={18} stroke={1.5} aria-hidden />
                <span>{label}</span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
