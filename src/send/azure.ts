import { PromptmillError } from '../core/errors.js'
import type { Request } from '../core/model.js'

/** How Azure is asked, where that differs from OpenAI: the key goes along as `api-key`, never as `Authorization`. */
export interface AzureAddress {
  /** The part of every address before the operation. */
  readonly baseUrl: string
  /** Query parameter `api-version`; undefined where the form needs none and none is given. */
  readonly apiVersion: string | undefined
  /** The path below it. */
  readonly pathOf: (request: Pick<Request, 'path' | 'model'>) => string
}

/** Where Microsoft hosts it: the public cloud, that of the US government, and China's. */
const azureHost = /\.(?:openai|cognitiveservices|services\.ai)\.azure\.(?:com|us|cn)$/

/** Gateways in front of Azure have their own hosts, but this path. */
const deploymentPath = /\/openai\/deployments\/[^/]+$/
const deploymentsPath = /\/openai\/deployments$/

const plainPath: AzureAddress['pathOf'] = ({ path }) => path

/** A name such as `..` would lead elsewhere; whoever prepares the address finds that out. */
const modelPath: AzureAddress['pathOf'] = ({ path, model }) => `/deployments/${encodeURIComponent(model)}${path}`

const needed = (apiVersion: string | undefined): string => {
  if (apiVersion !== undefined) return apiVersion
  throw new PromptmillError('bad_flag', '--api-version is missing: this form of an Azure address needs it', {
    hint: 'Give one, such as --api-version 2024-10-21, or set OPENAI_API_VERSION; a base URL that ends in /openai/v1 needs none',
  })
}

/**
 * Reads an address of Azure's, in one of three forms (Microsoft, "Azure OpenAI REST API reference"):
 * - `…/openai/deployments/NAME`: every row goes to that deployment;
 * - the resource (`https://NAME.openai.azure.com`, also with `/openai` or `/openai/deployments`): the row's model names
 *   the deployment, in the path;
 * - any other path of such a host, `/openai/v1` above all: the model in the body names it, as at OpenAI.
 *
 * Undefined when the address is not Azure's. No part of it enters a row's identity.
 * @throws PromptmillError `bad_flag` when the form needs `--api-version` and there is none
 */
export const readAzureUrl = (url: URL, apiVersion: string | undefined): AzureAddress | undefined => {
  const whole = url.href.replace(/\/+$/, '')
  if (deploymentPath.test(url.pathname)) {
    return { baseUrl: whole, apiVersion: needed(apiVersion), pathOf: plainPath }
  }
  if (deploymentsPath.test(url.pathname)) {
    return { baseUrl: whole.replace(/\/deployments$/, ''), apiVersion: needed(apiVersion), pathOf: modelPath }
  }
  if (!azureHost.test(url.hostname)) return undefined
  if (url.pathname === '/' || url.pathname === '/openai') {
    return { baseUrl: `${url.origin}/openai`, apiVersion: needed(apiVersion), pathOf: modelPath }
  }
  return { baseUrl: whole, apiVersion, pathOf: plainPath }
}
