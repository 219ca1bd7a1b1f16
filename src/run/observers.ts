import { type RunObserver, unwatched } from './run.js'

type Method = keyof RunObserver

/** One observer that tells several. */
export function combineObservers(observers: readonly RunObserver[]): RunObserver {
  const tell =
    (method: Method) =>
    (...values: unknown[]): void => {
      for (const observer of observers) (observer[method] as (...values: unknown[]) => void)(...values)
    }
  const methods = Object.keys(unwatched) as Method[]
  return Object.fromEntries(methods.map((method) => [method, tell(method)])) as unknown as RunObserver
}
