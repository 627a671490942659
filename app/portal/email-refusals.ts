/** Why an invoice or a statement can't be emailed, in words. */
export const emailRefusals = {
  draft: 'This is a draft. Issue it first, then email it.',
  void: 'This invoice is void, so there is nothing to send.',
  no_portal:
    'The Customer Portal is not set up. Paying online and creating an account happen there, so the links in this email would lead nowhere.',
  template: 'The text of the invoice email can’t be read any more. Correct it in Settings.',
  too_many: 'There is too much in this period for one statement. Choose a shorter one.',
  missing: 'This is gone.',
} as const;
