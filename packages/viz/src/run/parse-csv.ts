/** A table of text cells under named columns. */
export interface CsvTable {
  columns: string[]
  rows: string[][]
  /** Whether the last line was cut off in the middle, as a run killed while writing leaves it; it is dropped. */
  cutOff: boolean
}

/** Reads CSV with a header, quotes as in RFC 4180. A last line without its line break is taken as half-written. */
export function parseCsv(text: string): CsvTable {
  const lines: string[][] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') {
      cells.push(cell)
      cell = ''
    } else if (c === '\n') {
      cells.push(cell.replace(/\r$/, ''))
      lines.push(cells)
      cells = []
      cell = ''
    } else cell += c
  }
  const cutOff = cell !== '' || cells.length > 0 || quoted
  const [columns = [], ...rows] = lines.filter((line) => line.length > 1 || line[0] !== '')
  return { columns, rows: rows.filter((row) => row.length <= columns.length), cutOff }
}
