/** The first column names, the others count. */
export function tableOf(columns, rows) {
  const lines = [columns, columns.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** `value` as `format` writes it; nothing for what was not measured. */
export const orNothing = (value, format) => (value ? format(value) : '')
/** The same of a difference that noise may have made 0 or less. */
export const ifAny = (value, format) => (value > 0 ? format(value) : '≤ 0')
export const count = (value) => Math.round(value).toLocaleString('en-US')
export const megabytes = (bytes) => `${count(bytes / 1e6)} MB`
export const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`
export const kilobytes = (bytes) => `${(bytes / 1e3).toFixed(1)} KB`
export const micros = (value) => `${Number(value.toPrecision(2))} µs`
export const seconds = (ms) => `${(ms / 1000).toPrecision(3)} s`
export const cpuSeconds = (value) => `${(value / 1e6).toFixed(1)} s`
export const milliseconds = (value) => `${(value / 1e3).toFixed(0)} ms`
export const share = (value) => `${Math.round(100 * value)} %`
export const percent = (value) => `${(100 * value).toFixed(1)} %`
