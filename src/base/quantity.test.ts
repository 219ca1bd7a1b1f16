import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { count, duration, rate, ratio, size } from './quantity.js'

const units = { duration, rate, size, count, ratio }

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
    [ratio, '90%', 0.9],
    [ratio, '1.25', 1.25],
    [ratio, 0.5, 0.5],
    [duration, '250 ms', 250],
    [rate, '30 /m', 0.5],
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
        '1  s',
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
    [rate, ['2k', '5/ms', '-1/s', '/s', '1/s/s', 5, 'Infinity/s']],
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
    [ratio, ['-1%', '% ', -1, '8k', '5  %']],
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

  it('offers editors the pattern that it accepts', () => {
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
