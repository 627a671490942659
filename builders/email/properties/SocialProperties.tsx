import { ActionIcon, Button, Group, Menu, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import { type SocialLinkNode, type SocialNetwork, socialLink, socialNetworks } from '../blocks.ts';
import { AlignField, PaddingField, type PropertyProps, useDraft } from './fields.tsx';

type Props = PropertyProps & { links: readonly SocialLinkNode[]; setLinks: (links: readonly SocialLinkNode[]) => void };

/** Which networks, and where each leads. */
export function SocialProperties({ attributes, set, links, setLinks }: Props) {
  const free = socialNetworks.filter((network) => !links.some((link) => link.attributes.name === network.name));
  const nameOf = (link: SocialLinkNode) => link.attributes.name as SocialNetwork;
  return (
    <>
      <Stack gap="xs">
        {links.map((link, at) => (
          <Group key={link.attributes.name} gap={4} align="flex-end" wrap="nowrap">
            <NetworkField
              link={link}
              onChange={(href) =>
                setLinks(links.map((each, index) => (index === at ? socialLink(nameOf(each), href) : each)))
              }
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={`Remove ${link.attributes.alt ?? 'this network'}`}
              onClick={() => setLinks(links.filter((_, index) => index !== at))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {free.length > 0 && (
          <Menu position="bottom-start" shadow="md">
            <Menu.Target>
              <Button
                variant="default"
                size="xs"
                leftSection={<IconPlus size={14} aria-hidden />}
                style={{ alignSelf: 'flex-start' }}
              >
                Add a network
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              {free.map((network) => (
                <Menu.Item key={network.name} onClick={() => setLinks([...links, socialLink(network.name, '')])}>
                  {network.label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Stack>
      <AlignField attributes={attributes} set={set} fallback="center" />
      <PaddingField attributes={attributes} set={set} />
    </>
  );
}

function NetworkField({ link, onChange }: { link: SocialLinkNode; onChange: (href: string) => void }) {
  const [draft, setDraft, flush] = useDraft(link.attributes.href ?? '', onChange);
  return (
    <TextInput
      label={`${link.attributes.alt ?? 'Network'} address`}
      placeholder="https://"
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={flush}
      style={{ flex: 1 }}
    />
  );
}
