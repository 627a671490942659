import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { bytea, channel, companyId, createdAt, id, instant, ref } from './columns.ts';

/** Global: the companies that share this database. Nothing private stands here. */
export const companies = pgTable('companies', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  name: text().notNull(),
  /** IANA zone in which the office counts its days. */
  timeZone: text().notNull().default('America/New_York'),
  currency: text().notNull().default('USD'),
  createdAt: createdAt(),
});

/** Global: which company answers at which host name. A host once given up stays reserved for its company. */
export const hosts = pgTable(
  'hosts',
  {
    kind: text({ enum: ['portal', 'link'] }).notNull(),
    /** Lower case, `a-z` and `0-9`, 3 to 63 characters (S0-09). */
    name: text().notNull(),
    companyId: bigint({ mode: 'number' })
      .notNull()
      .references(() => companies.id),
    /** False for a name the company used before: its links go on working. */
    current: boolean().notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.name] }),
    uniqueIndex('hosts_current')
      .on(t.companyId, t.kind)
      .where(sql`${t.current}`),
    check('hosts_name', sql`${t.name} ~ '^[a-z0-9]{3,63}$'`),
  ],
);

/** What customers see of the company in every message: one row a company. */
export const companyProfiles = pgTable(
  'company_profiles',
  {
    companyId: companyId(),
    phone: text().notNull().default(''),
    email: text().notNull().default(''),
    website: text().notNull().default(''),
    /** Postal address, one line a line: CAN-SPAM asks for it in every promotional email. */
    postalAddress: text().notNull().default(''),
    /** `#rrggbb`, used where its contrast on white is 4.5:1 or more. */
    color: text().notNull().default('#1E6B52'),
    logoImageId: ref(),
    fromName: text().notNull().default(''),
    fromEmail: text().notNull().default(''),
    replyTo: text().notNull().default(''),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId] })],
);

/** One row a channel: which provider carries it, and its keys, encrypted (AES-256-GCM). */
export const channelSettings = pgTable(
  'channel_settings',
  {
    companyId: companyId(),
    channel: channel().notNull(),
    provider: text({ enum: ['sandbox', 'ses', 'twilio', 'lob'] })
      .notNull()
      .default('sandbox'),
    /** Plain options: region and configuration set; account, number and registration. */
    options: jsonb().$type<Record<string, string>>().notNull().default({}),
    /** Encrypted JSON of the secrets, or null. */
    secrets: text(),
    updatedAt: instant().notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.channel] })],
);

/** Pictures that people upload: re-encoded on the server, served by their token. */
export const images = pgTable(
  'images',
  {
    companyId: companyId(),
    id: id(),
    token: text().notNull(),
    name: text().notNull(),
    mimeType: text().notNull(),
    width: integer().notNull(),
    height: integer().notNull(),
    /** At most a few hundred kilobytes after re-encoding. */
    bytes: bytea().notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.id] }), uniqueIndex('images_token').on(t.companyId, t.token)],
);

/** Pictures for print: large, so apart from those for the screen. `token` is that of a small one in `images` that shows it. */
export const printImages = pgTable(
  'print_images',
  {
    companyId: companyId(),
    id: id(),
    token: text().notNull(),
    name: text().notNull(),
    mimeType: text().notNull(),
    /** Pixels. */
    width: integer().notNull(),
    height: integer().notNull(),
    /** What the file had before it was packed anew: sRGB, CMYK, gray … */
    colorSpace: text().notNull(),
    /** At most 5 MB. */
    bytes: bytea().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    uniqueIndex('print_images_token').on(t.companyId, t.token),
    index('print_images_newest').on(t.companyId, t.id.desc()),
  ],
);
