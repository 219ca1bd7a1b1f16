import { describe, expect, it } from 'vitest'
import { Epochs } from './epochs.js'

describe('Epochs', () => {
  it('keeps the epochs of each client, oldest first, however many', () => {
    const epochs = new Epochs(2)
    for (let turn = 0; turn < 50; turn += 1) {
      for (const client of [0, 1]) {
        epochs.begin(client, turn * 10, turn % 3, turn % 2 === 1)
        epochs.end(client, turn * 10 + 5)
      }
    }
    const own = epochs.of(1)
    expect(own.map((epoch) => epochs.subMicros(epoch))).toEqual(
      Array.from({ length: 50 }, (_, turn) => turn * 10),
    )
    expect(epochs.endMicros(own[49]!)).toBe(495)
    expect(epochs.node(own[49]!)).toBe(1)
    expect(epochs.isRecovered(own[49]!)).toBe(true)
    expect(epochs.isRecovered(own[48]!)).toBe(false)
    expect(epochs.firstSubMicros(1)).toBe(0)
  })

  it('finds the latest epoch that began by a time, and the first where none had', () => {
    const epochs = new Epochs(1)
    epochs.begin(0, 10, 0)
    epochs.end(0, 20)
    epochs.begin(0, 30, 1)
    expect([5, 10, 29, 30].map((micros) => epochs.latestAt(0, micros))).toEqual([0, 0, 0, 1])
  })

  it('ends only what is open', () => {
    const epochs = new Epochs(1)
    expect(epochs.end(0, 5)).toBe(false)
    expect(epochs.openOf(0)).toBe(-1)
    epochs.begin(0, 10, 0)
    expect(epochs.openOf(0)).toBe(0)
    expect([epochs.end(0, 20), epochs.end(0, 30)]).toEqual([true, false])
    expect(epochs.endMicros(0)).toBe(20)
  })

  it('takes a second confirmation on an open epoch for the same', () => {
    const epochs = new Epochs(1)
    expect(epochs.begin(0, 10, 0)).toBe(true)
    expect(epochs.begin(0, 20, 1)).toBe(false)
    expect([epochs.of(0), epochs.subMicros(0), epochs.node(0)]).toEqual([[0], 10, 0])
  })

  it('refuses an epoch that begins before the last one ended', () => {
    const epochs = new Epochs(1)
    epochs.begin(0, 10, 0)
    epochs.end(0, 30)
    expect(() => epochs.begin(0, 29, 0)).toThrow('before its last epoch ended')
    expect(epochs.begin(0, 30, 0)).toBe(true)
  })

  it('has two open in a handover, until the old one is left', () => {
    const epochs = new Epochs(1)
    expect(epochs.handOver(0, 10, 0)).toBe(true)
    expect(epochs.leftOf(0)).toBe(-1)
    const before = epochs.segmentOf(0)
    expect([epochs.handOver(0, 20, 1), epochs.handOver(0, 25, 1)]).toEqual([true, false])
    expect([epochs.openOf(0), epochs.leftOf(0)]).toEqual([1, 0])
    const during = epochs.segmentOf(0)
    epochs.endLeft(0, 30)
    epochs.endLeft(0, 35)
    expect([epochs.endMicros(0), epochs.openOf(0), epochs.leftOf(0)]).toEqual([30, 1, -1])
    expect(new Set([before, during, epochs.segmentOf(0)]).size).toBe(3)
    expect(during % 2).toBe(1)
  })
})
