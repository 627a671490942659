/**
 * What stands at the box on a payment page (S4-12), and is kept with the yes: who texts, that it is by automatic means, what it
 * costs, how it ends, and that nothing hangs on it (47 CFR 64.1200(f)(9)). A change of wording is a new version.
 */
export const paymentPageConsent = {
  version: 'payment-page-1',
  text: (company: string) =>
    `I agree that ${company} sends automated payment reminders by text to my mobile number. Message and data rates may apply. ` +
    'Reply STOP to end them. I need not agree in order to pay or to buy anything.',
} as const;
