import { runImport } from '#app/invoicing/import/run.server.ts';

import type { TaskWork } from '../task.ts';

export const importRun: TaskWork<'import.run'> = ({ db }, payload, { last }) => runImport(db, payload, { last });
