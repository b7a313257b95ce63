import type { Box, Picture } from './picture.js'

/** A part of a picture that fits a sheet: from side to side, from `top` on. */
export interface Sheet {
  readonly top: number
  readonly height: number
  /** The root bus that it shows, or goes on with. */
  readonly title: string
  readonly goesOn: boolean
}

/**
 * Cuts a picture into parts of at most a height: between root buses, and inside of one that is higher between regions, else
 * between cards, never inside a card.
 */
export function cutPicture(
  picture: Picture,
  mostOf: (sheet: 'first' | 'other') => number,
): readonly Sheet[] {
  const { headings, height } = picture
  return headings.flatMap(({ y, text: title }, place): readonly Sheet[] => {
    const start = y - HEADING
    const next = headings[place + 1]
    const end = next === undefined ? height : next.y - HEADING
    const sheets: Sheet[] = []
    for (let top = start; top < end; ) {
      const most = mostOf(place === 0 && top === start ? 'first' : 'other')
      const bottom = end - top <= most ? end : cutBefore(top, top + most, picture)
      sheets.push({ top, height: bottom - top, title, goesOn: top > start })
      top = bottom
    }
    return sheets
  })
}

/** From the top of a heading's room to its base line. */
const HEADING = 20
/** Above a card: the least gap between two rows, into which the ACS of a port reaches. */
const ABOVE = 10
/** A sheet that is emptier is worse than a region in two parts. */
const FULL = 2 / 3

/** Where to cut at last: in the best of the gaps that are reached. */
function cutBefore(top: number, last: number, { cards, regions, outlines }: Picture): number {
  const gaps = [...new Set(cards.map(({ y }) => y - ABOVE))]
    .filter((y) => y > top && y <= last && !crosses(y, cards))
    .sort((a, b) => b - a)
  const whole = gaps.find((y) => !crosses(y, regions) && !crosses(y, outlines))
  return whole !== undefined && whole - top > (last - top) * FULL ? whole : (gaps[0] ?? last)
}

function crosses(y: number, boxes: readonly Box[]): boolean {
  return boxes.some((box) => box.y < y && y < box.y + box.height)
}

/** The picture with nothing in it that is above or below a sheet. */
export function onSheet(picture: Picture, { top, height }: Sheet): Picture {
  const isIn = (from: number, to: number) => to >= top && from <= top + height
  const boxIn = (box: Box) => isIn(box.y, box.y + box.height)
  return {
    ...picture,
    headings: picture.headings.filter(({ y }) => isIn(y, y)),
    regions: picture.regions.filter(boxIn),
    links: picture.links.filter(({ fromY, toY }) =>
      isIn(Math.min(fromY, toY), Math.max(fromY, toY)),
    ),
    passages: picture.passages.filter(({ ends }) => {
      const heights = ends.map(({ y }) => y)
      return isIn(Math.min(...heights), Math.max(...heights))
    }),
    outlines: picture.outlines.filter(boxIn),
    cards: picture.cards.filter(({ y, height: own }) => y >= top && y + own <= top + height),
  }
}
