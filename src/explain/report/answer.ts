import { DIAGNOSES, type DiagnosisId } from '../catalogue/diagnosis.js'
import { DIAGNOSIS_WORDS } from '../catalogue/words/diagnosis-words.js'
import type { MatterReason } from './document.js'
import { EFFECT_WORDS } from './effect-words.js'

/** What somebody who meets the message notices, in one sentence. */
export function answerTo(id: DiagnosisId, why: MatterReason): string {
  return ANSWERS[why] ?? DIAGNOSIS_WORDS[id].answer ?? EFFECT_WORDS[DIAGNOSES[id].effect]
}

const KEEPS = EFFECT_WORDS['old-state']

/** The answers that the function's own resets decide; the others are the diagnosis's. */
const ANSWERS: Readonly<Partial<Record<MatterReason, string>>> = {
  harmless: EFFECT_WORDS.harmless,
  'no-host':
    'Harmless if the function has a reset of its own (FLR); else the device keeps its old state.',
  'no-host-hot-reset':
    'Harmless if VFIO can reset the function with its bus; else the device keeps its old state.',
  'try-again': 'Harmless if the next attempt succeeds; else the device keeps its old state.',
  'own-reset': 'Harmless for the start of a VM.',
  'own-reset-likely': 'Most likely harmless.',
  'virtual-function': 'Harmless for the start of a VM.',
  'alone-on-bus': 'Most likely harmless.',
  'weak-reset': 'The device keeps part of its old state.',
  'no-own-reset': KEEPS,
  'own-reset-failed': KEEPS,
  'own-reset-now': 'The device may keep its old state.',
  'own-reset-left': 'Harmless for the start of a VM.',
  'hot-reset-instead': 'Most likely harmless.',
  'reset-unread': 'The device may keep its old state.',
  'hot-reset-works': EFFECT_WORDS.harmless,
  'hot-reset-impossible': KEEPS,
  'hot-reset-needs-more': KEEPS,
}
