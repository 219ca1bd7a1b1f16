import { z } from 'zod'
import type { Template } from './template.js'

/** Field types for the settings of protocols. */
export const template: z.ZodType<Template> = z.json() as z.ZodType<Template>
export const text = z.string({ error: 'expected text' })
export const yes = z.boolean({ error: 'expected true or false' })
