import { federalWeek, stateNames, stateWeeks } from './hours/states.ts';
import { defaultHours, weekOf, type Hours } from './hours/open.ts';

/** How often and when a company writes to somebody. */
export type SendingRules = Hours & {
  /** Campaign messages to one customer within `capDays`, over all channels; null is no limit (B-13). */
  capPerCustomer: number | null;
  /** The same for one invoice. */
  capPerInvoice: number;
  capDays: number;
  /** Whether email keeps sending hours; texts always do. */
  emailHours: boolean;
  /** Reminders by text go to whoever gave their number, or only to whom said yes on record. Offers always ask for a yes. */
  textConsent: 'on_record' | 'recorded';
  /** Whether STOP ends all texts, or those of the kind that was answered. */
  stopEndsAll: boolean;
};

/** What holds until a company chooses: seven contacts in seven days per invoice, 9 am to 8 pm where hours are kept. */
export const defaultRules: SendingRules = {
  ...defaultHours,
  capPerCustomer: null,
  capPerInvoice: 7,
  capDays: 7,
  emailHours: false,
  textConsent: 'on_record',
  stopEndsAll: true,
};

/** The rules' form as typed. Times are `HH:MM`, as a time field gives them. */
export type RulesForm = {
  opensAt: string;
  closesAt: string;
  emailHours: string;
  capPerInvoice: string;
  capPerCustomer: string;
  capDays: string;
  textConsent: string;
  stopEndsAll: string;
};

export const rulesFields = [
  'opensAt',
  'closesAt',
  'emailHours',
  'capPerInvoice',
  'capPerCustomer',
  'capDays',
  'textConsent',
  'stopEndsAll',
] as const satisfies readonly (keyof RulesForm)[];

export type RulesErrors = Partial<Record<keyof RulesForm, string>>;

/** As the form shows them. */
export const toForm = (rules: SendingRules): RulesForm => ({
  opensAt: clock(rules.opensAt),
  closesAt: clock(rules.closesAt),
  emailHours: rules.emailHours ? 'on' : '',
  capPerInvoice: String(rules.capPerInvoice),
  capPerCustomer: rules.capPerCustomer === null ? '' : String(rules.capPerCustomer),
  capDays: String(rules.capDays),
  textConsent: rules.textConsent,
  stopEndsAll: rules.stopEndsAll ? 'on' : '',
});

/** At least so many minutes must be left on a weekday in every state, so that nobody waits without end. */
const LEAST_MINUTES = 60;

/** Reads the form. @returns the rules, or what is wrong with which field, in words */
export function checkRules(form: RulesForm): { ok: true; rules: SendingRules } | { ok: false; errors: RulesErrors } {
  const errors: RulesErrors = {};
  const opensAt = readClock(form.opensAt);
  const closesAt = readClock(form.closesAt);
  if (opensAt === null) errors.opensAt = 'Enter a time such as 9:00 AM.';
  if (closesAt === null) errors.closesAt = 'Enter a time such as 8:00 PM.';
  const [first, last] = federalWeek[0]!;
  if (opensAt !== null && opensAt < first)
    errors.opensAt = 'Begin at 8:00 AM or later: federal rules allow no earlier.';
  if (closesAt !== null && closesAt > last)
    errors.closesAt = 'End at 9:00 PM or earlier: federal rules allow no later.';
  if (opensAt !== null && closesAt !== null && !errors.opensAt && !errors.closesAt) {
    if (closesAt - opensAt < LEAST_MINUTES) errors.closesAt = 'End at least an hour after you begin.';
    else {
      const shut = shutStates({ opensAt, closesAt });
      if (shut.length > 0) errors.closesAt = `This leaves less than an hour in ${listed(shut)}. Choose a longer time.`;
    }
  }
  const capPerInvoice = readCount(form.capPerInvoice, 1, 7);
  if (capPerInvoice === null) errors.capPerInvoice = 'Enter a number from 1 to 7.';
  const customer = form.capPerCustomer.trim();
  const capPerCustomer = customer === '' ? null : readCount(customer, 1, 100);
  if (customer !== '' && capPerCustomer === null) {
    errors.capPerCustomer = 'Enter a number from 1 to 100, or leave it empty for no limit.';
  }
  const capDays = readCount(form.capDays, 7, 90);
  if (capDays === null) errors.capDays = 'Enter a number of days from 7 to 90.';
  if (opensAt === null || closesAt === null || capPerInvoice === null || capDays === null) return { ok: false, errors };
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const emailHours = form.emailHours === 'on';
  const textConsent = form.textConsent === 'recorded' ? 'recorded' : 'on_record';
  const stopEndsAll = form.stopEndsAll === 'on';
  return {
    ok: true,
    rules: { opensAt, closesAt, emailHours, capPerInvoice, capPerCustomer, capDays, textConsent, stopEndsAll },
  };
}

/** States in which these hours leave less than an hour on a weekday. */
function shutStates(hours: Hours): string[] {
  return Object.keys(stateWeeks)
    .filter((state) => {
      const allowed = stateWeeks[state]![0]!;
      return Math.min(hours.closesAt, allowed[1]) - Math.max(hours.opensAt, allowed[0]) < LEAST_MINUTES;
    })
    .map((state) => stateNames[state]!);
}

/** What a state's hours come to under the company's, for the table on the page. */
export type StateHours = { state: string; name: string; weekday: string; saturday: string; sunday: string };

/** The states whose hours are narrower than the company's own, and what is left there. */
export function narrowerStates(hours: Hours): StateHours[] {
  const plain = JSON.stringify(weekOf(null, hours));
  return Object.keys(stateWeeks)
    .filter((state) => JSON.stringify(weekOf(state, hours)) !== plain)
    .map((state) => {
      const week = weekOf(state, hours);
      const words = week.map((day) => (day ? `${hourWords(day[0])} to ${hourWords(day[1])}` : 'Nothing is sent'));
      return { state, name: stateNames[state]!, weekday: words[0]!, saturday: words[5]!, sunday: words[6]! };
    });
}

/** `9 am`, `8:30 pm`, `noon`: minutes after midnight as people say them. */
export function hourWords(minutes: number): string {
  if (minutes === 720) return 'noon';
  const hour = Math.floor(minutes / 60) % 24;
  const rest = minutes % 60;
  return `${hour % 12 || 12}${rest ? `:${String(rest).padStart(2, '0')}` : ''} ${hour < 12 ? 'am' : 'pm'}`;
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** `HH:MM`, with seconds if a browser adds them, or as people type: `9`, `9 am`, `8:30 PM`. */
function readClock(text: string): number | null {
  const parts = /^\s*(\d{1,2})(?::(\d{2}))?(?::\d{2})?\s*(am|pm|a\.m\.|p\.m\.)?\s*$/i.exec(text);
  if (!parts) return null;
  const half = parts[3]?.toLowerCase().replaceAll('.', '');
  let hour = Number(parts[1]);
  const minute = Number(parts[2] ?? 0);
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === 'pm' ? 12 : 0);
  return hour > 23 || minute > 59 ? null : hour * 60 + minute;
}

function readCount(text: string, least: number, most: number): number | null {
  const digits = text.trim();
  if (!/^\d{1,4}$/.test(digits)) return null;
  const count = Number(digits);
  return count >= least && count <= most ? count : null;
}

const listed = (names: readonly string[]): string =>
  names.length > 3
    ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} other states`
    : new Intl.ListFormat('en-US').format(names);
