import type { OptionTable } from './option-spec.js'

/** Groups of the pictures' options in the help. */
export const pictureGroup = {
  picture: 'Picture',
  run: 'The run and its folder',
  what: 'What to draw',
} as const

/** Options of the file that a picture is written to. */
export const pictureFile = {
  out: {
    kind: 'text',
    value: 'file',
    short: 'o',
    group: pictureGroup.picture,
    text: 'File to write: .svg, .png, .html, or .gif for what moves',
    default: 'named after the picture, .png',
  },
  theme: {
    kind: 'text',
    value: 'name',
    choices: ['light', 'dark'],
    group: pictureGroup.picture,
    text: 'Colours of the picture',
    default: 'light',
  },
  title: { kind: 'text', value: 'text', group: pictureGroup.picture, text: 'Title of the picture' },
} as const satisfies OptionTable
