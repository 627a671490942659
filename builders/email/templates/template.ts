import type { EmailDocument } from '../document.ts';

/** An email to start from: everything is plain data that the marketer then makes their own. */
export type EmailTemplate = {
  readonly id: string;
  readonly name: string;
  /** When to take it, in one sentence. */
  readonly description: string;
  readonly subject: string;
  readonly preheader: string;
  readonly document: EmailDocument;
};
