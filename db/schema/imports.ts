import { bigint, foreignKey, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

import { bytea, companyId, createdAt, id, instant, ref } from './columns.ts';

/** A file of customers or invoices on its way in. */
export const imports = pgTable(
  'imports',
  {
    companyId: companyId(),
    id: id(),
    fileName: text().notNull(),
    bytes: bigint({ mode: 'number' }).notNull().default(0),
    status: text({
      enum: ['uploading', 'mapping', 'checking', 'queued', 'running', 'done', 'failed', 'canceled'],
    }).notNull(),
    /** What the file was recognised as, and the columns as mapped by the person: see app/invoicing/import. */
    recognition: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    mapping: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    /** Rows seen so far and in all (null until counted); what became of them. */
    rowsDone: integer().notNull().default(0),
    rowsTotal: integer(),
    counts: jsonb().$type<Record<string, number>>().notNull().default({}),
    /** Why it failed, in words for the person. */
    failure: text(),
    staffId: ref(),
    createdAt: createdAt(),
    finishedAt: instant(),
  },
  (t) => [primaryKey({ columns: [t.companyId, t.id] })],
);

/** The uploaded file in pieces, so that neither upload nor run holds it whole. */
export const importChunks = pgTable(
  'import_chunks',
  {
    companyId: companyId(),
    importId: ref().notNull(),
    position: integer().notNull(),
    /** At most 256 KB. */
    bytes: bytea().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.importId, t.position] }),
    foreignKey({ columns: [t.companyId, t.importId], foreignColumns: [imports.companyId, imports.id] }).onDelete(
      'cascade',
    ),
  ],
);

/** A row that did not go in (`error`), or that went in with a remark (`warning`), and why. */
export const importProblems = pgTable(
  'import_problems',
  {
    companyId: companyId(),
    id: id(),
    importId: ref().notNull(),
    /** Where the row begins in a text editor, and its number in a spreadsheet. */
    line: integer().notNull(),
    row: integer().notNull().default(0),
    severity: text({ enum: ['error', 'warning'] })
      .notNull()
      .default('error'),
    column: text().notNull().default(''),
    value: text().notNull().default(''),
    reason: text().notNull(),
    /** The whole row, for the file of rows to correct. */
    cells: jsonb().$type<string[]>().notNull().default([]),
  },
  (t) => [
    primaryKey({ columns: [t.companyId, t.id] }),
    foreignKey({ columns: [t.companyId, t.importId], foreignColumns: [imports.companyId, imports.id] }).onDelete(
      'cascade',
    ),
    index('import_problems_import').on(t.companyId, t.importId, t.id),
  ],
);
