/** What a company offers to pay online, and by whom links to pay are sent (S1-01 to S1-03). */
export type OnlineSettings = {
  /** Whether invoices can be paid by card, and from a bank account. */
  cards: boolean;
  ach: boolean;
  /** Whether less than what is owed may be paid. */
  partialPayments: boolean;
  /** S1-01: *SMS invoice links*. */
  smsInvoiceLinks: boolean;
  /** S1-02: by the office. */
  smsFromOffice: boolean;
  /** S1-03: by technicians, by email, and dependent on it by text. */
  emailFromMobile: boolean;
  smsFromMobile: boolean;
};

/** What holds until a company chooses. */
export const defaultOnlineSettings: OnlineSettings = {
  cards: true,
  ach: true,
  partialPayments: true,
  smsInvoiceLinks: false,
  smsFromOffice: false,
  emailFromMobile: false,
  smsFromMobile: false,
};

export type OnlineSetting = keyof OnlineSettings;

/** Every setting, as the form posts it: `on`, or nothing. */
export const onlineSettingNames = Object.keys(defaultOnlineSettings) as OnlineSetting[];

/** What each depends on: while one of those is off, it is off too, whatever was ticked. */
const dependsOn: Partial<Record<OnlineSetting, readonly OnlineSetting[]>> = {
  smsFromOffice: ['smsInvoiceLinks'],
  smsFromMobile: ['smsInvoiceLinks', 'emailFromMobile'],
};

/** As the settings say: what hangs on something that is off is off. */
export function inForce(settings: OnlineSettings): OnlineSettings {
  return Object.fromEntries(
    onlineSettingNames.map((name) => [
      name,
      settings[name] && (dependsOn[name] ?? []).every((other) => settings[other]),
    ]),
  ) as OnlineSettings;
}

/** How each reads to people. */
export const onlineSettingLabels: Record<OnlineSetting, string> = {
  cards: 'Offer payment by credit card',
  ach: 'Offer payment by ACH',
  partialPayments: 'Allow partial payments',
  smsInvoiceLinks: 'SMS invoice links',
  smsFromOffice: 'Enable sending invoice links in desktop via the office',
  emailFromMobile: 'Enable sending email invoice links in Mobile',
  smsFromMobile: 'Also enable sending SMS invoice links via Mobile',
};

/** Why one can't be switched on, in words; null when it can. */
export function heldBack(name: OnlineSetting, settings: OnlineSettings): string | null {
  const missing = (dependsOn[name] ?? []).filter((other) => !settings[other]);
  if (missing.length === 0) return null;
  return `Turn on ${missing.map((other) => `“${onlineSettingLabels[other]}”`).join(' and ')} first.`;
}

/** The settings that a posted form asks for: a box that is not ticked is not sent. */
export const readOnlineForm = (form: Record<OnlineSetting, string>): OnlineSettings =>
  Object.fromEntries(onlineSettingNames.map((name) => [name, form[name] === 'on'])) as OnlineSettings;

/** The tabs of the page (S1-04). */
export const onlineTabs = [
  { key: 'credit-card', label: 'Credit Card', setting: 'cards' },
  { key: 'ach', label: 'ACH', setting: 'ach' },
] as const satisfies readonly { key: string; label: string; setting: OnlineSetting }[];

export type OnlineTab = (typeof onlineTabs)[number]['key'];
