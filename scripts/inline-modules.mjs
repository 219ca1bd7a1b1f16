import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'

/**
 * Compiled modules that `entry` leads to as one script, each after those it imports. They share one scope, so no two may
 * declare the same name: that is refused here. Imports and exports go by the names of what they import.
 */
export function inlineModules(entry) {
  const seen = new Set()
  const text = `'use strict'\n{\n${collect(entry, seen)}}\n`
  new Script(text, { filename: entry })
  return text
}

function collect(file, seen) {
  if (seen.has(file)) return ''
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(/^(?:import|export) [^'\n]*from '(\.[^']+)';\n/gm)]
  const own = text
    .replace(/^(?:import|export) [^'\n]*(?:from )?'[^']+';\n/gm, '')
    .replace(/^export (?:\{[^}]*\};\n)?/gm, '')
  return imports.map(([, path]) => collect(join(dirname(file), path), seen)).join('') + own
}
