/** What a message is, as people read it. */
export const messageKindLabels = {
  campaign: 'Campaign',
  test: 'Test',
  portal_invitation: 'Portal invitation',
  portal_reset: 'New portal password',
  receipt: 'Receipt',
  invoice: 'Invoice',
  invoice_text: 'Payment link',
  statement: 'Statement',
  payment_failed: 'Payment failed',
  staff_invitation: 'Staff invitation',
  reply: 'Reply',
  keyword_answer: 'Automatic answer',
} as const;
