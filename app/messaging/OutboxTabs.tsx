import { TabLinks } from '#app/ui/TabLinks.tsx';

/** What the sandbox was handed, by channel. */
export const OutboxTabs = () => (
  <TabLinks
    label="Outbox"
    tabs={[
      { to: '/outbox', label: 'Emails' },
      { to: '/outbox/texts', label: 'Texts' },
      { to: '/outbox/postcards', label: 'Postcards' },
    ]}
  />
);
