import { defineConfig } from 'vitest/config'
import LongestFirst from './test/longest-first.js'

/** Measures time, must be starved, or keeps both cores busy by itself: nothing else may run beside these. */
const undisturbed = ['latency', 'starved', 'churn', 'bench', 'selftest', 'smoke', 'docs'].map(
  (name) => `test/${name}.test.ts`,
)
const runs = { testTimeout: 120_000, hookTimeout: 120_000 }

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'reference-cluster/**/*.test.ts'],
          testTimeout: 30_000,
          // Many wait for a process.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/**/*.test.ts'],
          exclude: undisturbed,
          ...runs,
          // A run in miniature mostly waits, but with five at once what a node or a message may take is often exceeded.
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'undisturbed',
          include: undisturbed,
          ...runs,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
