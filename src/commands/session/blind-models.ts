import type { Plan } from '../plan/plan.js'
import type { Session } from './session.js'

/** Says of each model that rows go to and that is known to take no images, where a column of images is named. */
export const warnOfBlindModels = async (
  { settings, notify }: Pick<Session, 'settings' | 'notify'>,
  { models }: Pick<Plan, 'models'>,
): Promise<void> => {
  if (settings.requests.images === undefined) return
  // Loaded here and not at the top: most runs show no images.
  const { loadModelLimits } = await import('../../pricing/model-limits.js')
  const limitsOf = await loadModelLimits()
  for (const model of models) {
    if (limitsOf(model).takesImages !== false) continue
    notify.onNotice?.(`${model} takes no images, as far as is known: the endpoint may refuse the rows that show some`)
  }
}
