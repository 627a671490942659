/** How a job stands, as people read it. */
export const jobStates = {
  scheduled: { tone: 'sending', label: 'Scheduled' },
  in_progress: { tone: 'soon', label: 'In progress' },
  completed: { tone: 'paid', label: 'Completed' },
  canceled: { tone: 'draft', label: 'Canceled' },
} as const;
