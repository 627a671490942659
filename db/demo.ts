/** The demo company's name, host and first sign-in: what `npm start` prints. */
export const DEMO = {
  companyName: 'Larkfield Plumbing & Air',
  host: 'demo',
  email: 'demo@fieldpost.example',
  password: 'fieldpost-demo',
} as const;
