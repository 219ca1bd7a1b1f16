import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  count,
  duration,
  formatBytes,
  formatCount,
  formatDuration,
  formatRate,
  rate,
  share,
  size,
} from './units.js'

const units = { duration, rate, size, count, share }

describe('parsing', () => {
  it.each([
    [duration, '500us', 0.5],
    [duration, '500µs', 0.5],
    [duration, '250ms', 250],
    [duration, '0s', 0],
    [duration, '1.5s', 1500],
    [duration, '2m', 120_000],
    [duration, '1h', 3_600_000],
    [rate, '2k/s', 2000],
    [rate, '5k/s', 5000],
    [rate, '0.2/s', 0.2],
    [rate, '30/m', 0.5],
    [rate, '3_600/h', 1],
    [size, '256B', 256],
    [size, '4KB', 4000],
    [size, '4KiB', 4096],
    [size, '1MiB', 1_048_576],
    [size, '1.5KB', 1500],
    [count, '50_000', 50_000],
    [count, '1.1k', 1100],
    [count, '2M', 2_000_000],
    [count, 50_000, 50_000],
    [share, '90%', 0.9],
  ])('%#: %o.parse(%o) is %d', (unit, text, value) => {
    expect(unit.parse(text)).toBe(value)
  })

  it.each([
    [
      duration,
      [
        '2M',
        '10',
        10,
        '1.5',
        '-1s',
        '1s ',
        ' 1s',
        '1 s',
        '1sx',
        '1s1',
        '',
        's',
        '1e3s',
        'NaNs',
        '1_0s',
        '١s',
        null,
        [],
        {},
      ],
    ],
    [rate, ['2k', '5/ms', '5 /s', '-1/s', '/s', '1/s/s', 5, 'Infinity/s']],
    [size, ['256', 256, '256b', '0.5B', '1kB', '1GB', '-1B', '1K']],
    [
      count,
      [
        '1.5',
        1.5,
        '1.0005k',
        '-1',
        -1,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        '50,000',
        '50k/s',
        '50m',
        '',
        '1__000',
        2 ** 60,
      ],
    ],
    [share, ['90', 0.9, 90, '-1%', '% ']],
  ])('refuses what is not exactly the unit', (unit, values) => {
    expect(values.map((value) => [value, unit.parse(value)])).toEqual(values.map((value) => [value, null]))
  })

  it('gives a finite number ≥ 0 or null, whatever it is given', () => {
    const text = fc.oneof(
      fc.anything(),
      fc.stringMatching(/^[0-9_.]{0,8}(us|ms|s|m|h|k|M|B|KB|MB|KiB|MiB|%|\/s|k\/s|\/m)?$/),
    )
    fc.assert(
      fc.property(text, fc.constantFrom(...Object.values(units)), (value, unit) => {
        const parsed = unit.parse(value)
        expect(parsed === null || (Number.isFinite(parsed) && parsed >= 0)).toBe(true)
      }),
    )
  })

  it('offers editors the pattern it holds to', () => {
    for (const unit of Object.values(units)) expect('1x').not.toMatch(new RegExp(unit.pattern, 'u'))
    expect('1.5k').toMatch(new RegExp(count.pattern, 'u'))
  })

  it('reads back whole seconds and counts as written', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (value) => {
        expect(duration.parse(`${value}s`)).toBe(value * 1000)
        expect(count.parse(value.toLocaleString('en-US').replaceAll(',', '_'))).toBe(value)
      }),
    )
  })
})

describe('formatting', () => {
  it.each([
    [0, '0s'],
    [0.85, '850µs'],
    [0.9999, '1ms'],
    [12.345, '12.3ms'],
    [999.7, '1s'],
    [1500, '1.5s'],
    [90_000, '90s'],
    [119_700, '2m'],
    [130_000, '2m 10s'],
    [3_600_000, '60m'],
    [-2000, '-2s'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('scales bytes, groups counts, keeps small rates', () => {
    expect([256, 4096, 999_700, 2.1e9].map(formatBytes)).toEqual(['256 B', '4.1 KB', '1 MB', '2.1 GB'])
    expect([7, 50_000].map(formatCount)).toEqual(['7', '50,000'])
    expect([0.2, 1, 2000].map(formatRate)).toEqual(['0.2/s', '1/s', '2,000/s'])
  })
})
