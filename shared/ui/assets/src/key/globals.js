// What jkurwa takes for granted, as it was written for Node.
import { Buffer } from 'buffer'

globalThis.global = globalThis
globalThis.Buffer = Buffer
