/** One option, declared once: the parser, the help, the types and the README are its readers. */
export interface OptionSpec {
  readonly type: 'string' | 'number' | 'boolean' | 'list'
  /** One sentence without a full stop. Never repeats the default: the help adds it. */
  readonly describe: string
  readonly group: string
  readonly default?: string | number | boolean
  readonly choices?: readonly string[]
  /** What stands for the value in the help, such as `FILE` or `USD`. */
  readonly placeholder?: string
  readonly alias?: string
  /** The environment variable read when the flag is not given. */
  readonly env?: string
  /** Bounds of a number, both included. A number must always be finite. */
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

type Value<S extends OptionSpec> = S['type'] extends 'number'
  ? number
  : S['type'] extends 'boolean'
    ? boolean
    : S['type'] extends 'list'
      ? readonly string[]
      : S extends { readonly choices: readonly (infer C)[] }
        ? C
        : string

type WithDefault<T extends OptionTable> = {
  [K in keyof T]: T[K] extends { readonly default: string | number | boolean } ? K : never
}[keyof T]

/** What a caller gives: every option may be left out. */
export type OptionsOf<T extends OptionTable> = { readonly [K in keyof T]?: Value<T[K]> | undefined }

/** What the program works with: options with a default are always there. */
export type SettingsOf<T extends OptionTable> = { readonly [K in WithDefault<T>]: Value<T[K]> } & {
  readonly [K in Exclude<keyof T, WithDefault<T>>]: Value<T[K]> | undefined
}

/** Whether the values of an option are paths. */
export const takesPath = ({ placeholder }: OptionSpec): boolean =>
  placeholder === 'FILE' || placeholder === 'DIR' || placeholder === 'RESULTS'

/** `maxTokens` → `--max-tokens`: the one place where a key becomes a flag. */
export const flagName = (key: string): string => `--${key.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
