/**
 * Loads the stages of a run, one after the other. Node's module loader opens all files of a graph at once: more than a
 * process may have open where the system allows it 64. It takes no longer this way.
 */
export const loadStages = async (): Promise<void> => {
  await import('../../journal/open.js')
  await import('../../input/open.js')
  await import('../../prompt/drafts.js')
  await import('../../pricing/worst-case.js')
  await import('../../send/sender.js')
  await import('../../send/transport.js')
  await import('../../output/results-file.js')
  await import('../run.js')
}
