/** What the exit status says, for the help and the README. */
export const exitCodes = [
  [0, 'Every row has an answer'],
  [
    1,
    'The run stopped before its end (empty account, wrong key, --max-cost reached, disk, outage): what was answered is kept, the same command resumes',
  ],
  [2, 'Wrong use: flag, template, input. Nothing was sent, nothing was paid'],
  [3, 'Finished, some rows failed; the last line on stderr is the retry command'],
  [
    130,
    'Interrupted by Ctrl-C (143 by SIGTERM, 129 by SIGHUP): the first lets what is in flight finish, the second abandons it',
  ],
] as const satisfies readonly (readonly [status: number, meaning: string])[]
