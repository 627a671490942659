import type { PostcardDocument } from './document.ts';

export type PostcardTemplate = { id: string; name: string; description: string; document: PostcardDocument };

/** What a new postcard can start from. Each has a QR code, and says in the body where to go without one (S0-14, S0-16). */
export const postcardTemplates: readonly PostcardTemplate[] = [
  {
    id: 'postcard-friendly-reminder',
    name: 'Friendly postcard',
    description: 'A short note on a small card when an invoice is a few weeks late.',
    document: {
      version: 1,
      size: '4x6',
      design: 'classic',
      front: {
        headline: 'A quick reminder from {{ company.name }}',
        offer: 'Invoice {{ invoice.number }} is still open.',
        picture: null,
        pictureText: '',
      },
      back: {
        headline: 'Hi {{ customer.first_name | default: "there" }},',
        body:
          'invoice {{ invoice.number }} for {{ invoice.amount_due }} was due {{ invoice.due_date }}. ' +
          'You can pay it in a minute at {{ links.pay_invoice }}\n\n' +
          'Questions? Call {{ company.phone | default: "our office" }}. If you have paid already, thank you.',
        coupon: null,
      },
      qr: { target: 'pay_invoice', url: '', caption: 'Scan to pay' },
    },
  },
  {
    id: 'postcard-overdue-notice',
    name: 'Overdue postcard',
    description: 'Says plainly what is owed and since when, in a form that is hard to miss.',
    document: {
      version: 1,
      size: '6x9',
      design: 'notice',
      front: {
        headline: 'Your invoice is past due',
        offer: '{{ invoice.amount_due }} for invoice {{ invoice.number }}, due {{ invoice.due_date }}',
        picture: null,
        pictureText: '',
      },
      back: {
        headline: 'Please take care of invoice {{ invoice.number }}',
        body:
          'Dear {{ customer.name | default: "customer" }},\n\n' +
          'we have not received {{ invoice.amount_due }} for {{ invoice.summary | default: "your recent service" }}. ' +
          'It was due {{ invoice.due_date }}, {{ invoice.days_overdue }} days ago.\n\n' +
          'Pay by card or bank at {{ links.pay_invoice }}\n\n' +
          'If something is wrong with the bill, or you need more time, call {{ company.phone | default: "our office" }}. ' +
          'We will find a way.',
        coupon: null,
      },
      qr: { target: 'pay_invoice', url: '', caption: 'Scan to pay this invoice' },
    },
  },
  {
    id: 'postcard-thank-you',
    name: 'Thank-you postcard',
    description: 'Thanks for the work and shows the way into the Customer Portal.',
    document: {
      version: 1,
      size: '6x9',
      design: 'letter',
      front: {
        headline: 'Thank you for calling {{ company.name }}',
        offer: 'Your invoices, payments and visits are in one place now.',
        picture: null,
        pictureText: '',
      },
      back: {
        headline: 'Your account is ready',
        body:
          'Hi {{ customer.first_name | default: "there" }},\n\n' +
          'thank you for your trust. In our Customer Portal you can see past work, pay what is open and ask for a visit ' +
          'at any hour:\n{{ links.customer_portal }}\n\n' +
          'New here? Choose "Request an invitation", and we will send you one.',
        coupon: null,
      },
      qr: { target: 'customer_portal', url: '', caption: 'Scan to open your account' },
    },
  },
  {
    id: 'postcard-maintenance-offer',
    name: 'Maintenance offer',
    description: 'A large card with a picture and a coupon for a yearly check.',
    document: {
      version: 1,
      size: '6x11',
      design: 'photo',
      front: {
        headline: 'Is your system ready for the season?',
        offer: '$25 off a yearly check',
        picture: null,
        pictureText: '',
      },
      back: {
        headline: 'A check now saves a repair later',
        body:
          'Hi {{ customer.first_name | default: "there" }},\n\n' +
          'we clean, measure and adjust your system, and tell you what we found before any work is done. ' +
          'It takes about an hour.\n\n' +
          'Ask for a visit at {{ links.customer_portal }} or call {{ company.phone | default: "our office" }}.',
        coupon: {
          title: '$25 off a yearly check',
          terms: 'Show this card to your technician. One per household. Not with other offers.',
        },
      },
      qr: { target: 'customer_portal', url: '', caption: 'Scan to ask for a visit' },
    },
  },
];
