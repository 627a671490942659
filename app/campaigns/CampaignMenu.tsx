import { ActionIcon, Button, Group, Menu, Modal, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Form, useFetcher } from '@remix-run/react';
import { IconArchive, IconArchiveOff, IconCopy, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useEffect } from 'react';

import { useOffice } from '#app/ui/useOffice.ts';

import { isRunning, type CampaignStatus } from './words.ts';

export type MenuCampaign = { id: number; name: string; status: CampaignStatus; archived: boolean };

/** Rename, duplicate, archive, delete. */
export function CampaignMenu({ campaign }: { campaign: MenuCampaign }) {
  const { may } = useOffice();
  const [renaming, rename] = useDisclosure(false);
  const [deleting, remove] = useDisclosure(false);
  if (!may('campaigns.edit')) return null;
  const at = `/campaigns/${campaign.id}`;
  return (
    <>
      <Menu position="bottom-start">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More for ${campaign.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={rename.open}>
            Rename
          </Menu.Item>
          <Form method="post" action={`${at}/duplicate`}>
            <Menu.Item type="submit" leftSection={<IconCopy size={16} aria-hidden />}>
              Duplicate
            </Menu.Item>
          </Form>
          {!isRunning(campaign.status) && (
            <Form method="post" action={`${at}/archive`}>
              <input type="hidden" name="archived" value={campaign.archived ? 'no' : 'yes'} />
              <Menu.Item
                type="submit"
                leftSection={
                  campaign.archived ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />
                }
              >
                {campaign.archived ? 'Bring back' : 'Archive'}
              </Menu.Item>
            </Form>
          )}
          {campaign.status === 'draft' && (
            <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} c="var(--fp-overdue)" onClick={remove.open}>
              Delete
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <RenameModal campaign={campaign} opened={renaming} close={rename.close} />
      <Modal opened={deleting} onClose={remove.close} title="Delete this draft?">
        <Text>“{campaign.name}” and its email are deleted for good. Nothing of it was sent.</Text>
        <Form method="post" action={`${at}/delete`}>
          <Group justify="flex-end" mt="lg" gap="xs">
            <Button variant="default" onClick={remove.close}>
              Not now
            </Button>
            <Button type="submit" color="brick" data-autofocus>
              Delete draft
            </Button>
          </Group>
        </Form>
      </Modal>
    </>
  );
}

type RenameReply = { ok: boolean; errors?: Record<string, string> };

function RenameModal({ campaign, opened, close }: { campaign: MenuCampaign; opened: boolean; close: () => void }) {
  const fetcher = useFetcher<RenameReply>();
  const reply = fetcher.state === 'idle' ? fetcher.data : undefined;
  useEffect(() => {
    if (reply?.ok) close();
  }, [reply, close]);
  return (
    <Modal opened={opened} onClose={close} title="Rename campaign">
      <fetcher.Form method="post" action={`/campaigns/${campaign.id}/rename`}>
        <TextInput
          name="name"
          label="Name"
          description="Only the office sees it."
          defaultValue={campaign.name}
          error={reply?.errors?.name}
          data-autofocus
        />
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button type="submit" loading={fetcher.state !== 'idle'}>
            Rename
          </Button>
        </Group>
      </fetcher.Form>
    </Modal>
  );
}
