import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'

const EACH_MS = 500
/** For so long nothing may move, and no longer than that is it waited for: a socket stays a minute in TIME_WAIT. */
const STEADY_MS = 10_000
const MOST_MS = 180_000
/** What an idle machine moves by, bytes; of slab 2 % of what the smallest point takes. */
const SLACK = { available: 16e6, slab: 4e6 }
const MOST_CLOSING = 1000

/** Bytes that could be had and that are the kernel's slab, and sockets it has yet to forget. Linux only. */
export function memoryNow() {
  const text = readFileSync('/proc/meminfo', 'utf8')
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024
  const sockets = readFileSync('/proc/net/sockstat', 'utf8')
  const closing = Number(/^TCP:.* tw (\d+)/m.exec(sockets)?.[1] ?? 0)
  return { available: bytes('MemAvailable'), slab: bytes('Slab'), closing }
}

/**
 * What `read` tells once what an earlier run held is given back, and how long that took; rejects when it still moves
 * after three minutes. A point taken earlier has too little of what its run takes.
 */
export async function settledMemory(read = memoryNow, pause = wait) {
  const readings = []
  for (let waitedMs = 0; waitedMs <= MOST_MS; waitedMs += EACH_MS) {
    readings.push(read())
    if (waitedMs >= STEADY_MS && isSteady(readings.slice(-STEADY_MS / EACH_MS)))
      return { memory: readings.at(-1), waitedMs }
    await pause(EACH_MS)
  }
  throw new Error(`memory still moves after ${MOST_MS / 1000} s: what else runs on this machine?`)
}

function isSteady(readings) {
  const moved = (name) => {
    const values = readings.map((reading) => reading[name])
    return Math.max(...values) - Math.min(...values)
  }
  return (
    Object.keys(SLACK).every((name) => moved(name) <= SLACK[name]) && readings.at(-1).closing <= MOST_CLOSING
  )
}

/** What a run took at its worst, of all and of slab; throws where idle clients seem to have taken none. */
export function memoryTaken(kind, before, peak) {
  const taken = { all: before.available - peak.available, slab: peak.slab - before.slab }
  if ((kind === 'idle' || kind === 'connect') && taken.slab <= 0)
    throw new Error(`the kernel's slab grew by ${taken.slab} bytes, which no sockets can: measure it again`)
  return taken
}
