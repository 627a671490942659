import { checkImport } from '#app/invoicing/import/check.server.ts';

import type { TaskWork } from '../task.ts';

export const importCheck: TaskWork<'import.check'> = ({ db }, payload, { last }) => checkImport(db, payload, { last });
