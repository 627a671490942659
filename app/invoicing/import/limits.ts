/** The largest file that is taken, in bytes, and how that is said. Some 400,000 invoices fit. */
export const MAX_FILE = 100 * 1024 * 1024;
export const SAY_MAX_FILE = '100 MB';
