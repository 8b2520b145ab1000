import { escapeXml } from '../svg/element.js'

/** A cell: text, or a number that sorts as one. */
export type Cell = string | number | undefined

export interface TableOptions {
  /** Read out before the table, and printed above it. */
  caption?: string
  columns: readonly string[]
  rows: readonly (readonly Cell[])[]
  /** Lets the reader sort by any column. Defaults to true. */
  sortable?: boolean
  /** Writes a number of a column. Defaults to 4 significant digits, whole numbers grouped. */
  format?: (value: number, column: number) => string
}

/** Writes a table whose headers are buttons: each press sorts by that column, up and down by turns. */
export function table(options: TableOptions): string {
  const { columns, rows, sortable = true, format = formatNumber } = options
  const numeric = columns.map((_c, i) => rows.some((row) => typeof row[i] === 'number'))
  const head = columns
    .map((name, i) => {
      const cls = numeric[i] ? ' class="n"' : ''
      return sortable
        ? `<th scope="col"${cls} aria-sort="none"><button type="button">${escapeXml(name)}<span aria-hidden="true"></span></button></th>`
        : `<th scope="col"${cls}>${escapeXml(name)}</th>`
    })
    .join('')
  const body = rows
    .map((row) => {
      const cells = columns.map((_c, i) => cellMarkup(row[i], i, numeric[i] === true, format))
      return `<tr>${cells.join('')}</tr>`
    })
    .join('\n')
  const caption = options.caption
    ? `<caption><span>${escapeXml(options.caption)}</span></caption>`
    : ''
  const label = escapeXml(options.caption ?? columns.join(', '))
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${label}">` +
    `<table${sortable ? ' class="sortable"' : ''}>${caption}<thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table></div>`
  )
}

function cellMarkup(
  value: Cell,
  column: number,
  numeric: boolean,
  format: (value: number, column: number) => string,
): string {
  const cls = numeric ? ' class="n"' : ''
  if (value === undefined) return `<td${cls}><span class="muted">–</span></td>`
  if (typeof value === 'string') {
    return column === 0
      ? `<th scope="row"${cls}>${escapeXml(value)}</th>`
      : `<td${cls}>${escapeXml(value)}</td>`
  }
  return `<td${cls} data-v="${value}">${escapeXml(format(value, column))}</td>`
}

/** Writes a number in 4 significant digits; whole numbers whole, with their thousands grouped. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Number.isInteger(value)) return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  const size = Math.abs(value)
  const text =
    size < 1e-4 || size >= 1e7 ? value.toExponential(3) : String(Number(value.toPrecision(4)))
  return text.replaceAll('-', '−')
}

export const tableCss = `
table{border-collapse:collapse;font-size:13.5px;margin:8px 0}
caption{text-align:left;color:var(--d-muted);font-size:13px;padding:2px 0 6px}
/* stays in sight where the table scrolls, and is not broken by a narrow one */
caption span{display:block;position:sticky;left:0;width:max-content;max-width:min(75ch,calc(100vw - 48px))}
th,td{padding:4px 12px 4px 8px;text-align:left;border-bottom:1px solid var(--d-grid);font-weight:400;vertical-align:top}
thead th{border-bottom:1.5px solid var(--d-border);font-weight:600;white-space:nowrap}
td{overflow-wrap:break-word}
/* of two columns the second may hold a path or a command */
td:nth-child(2):last-child{overflow-wrap:anywhere;min-width:4ch}
tbody th{white-space:nowrap}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead button{all:unset;cursor:pointer;font-weight:600}
thead button:focus-visible{outline:2px solid var(--d-accent);outline-offset:2px}
thead button span::after{content:' ↕';color:var(--d-muted)}
th[aria-sort=ascending] button span::after{content:' ↑';color:var(--d-ink)}
th[aria-sort=descending] button span::after{content:' ↓';color:var(--d-ink)}
tbody tr:hover{background:var(--d-surface)}
`

/** Sorts by the column whose header is pressed; listens on the document, as pages may put tables in later. */
export const tableScript = `
document.addEventListener('click',function(e){
var b=e.target.closest&&e.target.closest('table.sortable thead button');if(!b)return;
var th=b.closest('th'),t=b.closest('table'),i=th.cellIndex,body=t.tBodies[0],rows=[].slice.call(body.rows);
var up=th.getAttribute('aria-sort')!=='ascending';
function key(r){var c=r.cells[i];return c.dataset.v!==undefined?Number(c.dataset.v):c.textContent}
rows.sort(function(a,b){var x=key(a),y=key(b),xn=typeof x==='number',yn=typeof y==='number';
if(xn&&isNaN(x))xn=false;if(yn&&isNaN(y))yn=false;
if(xn!==yn)return xn?-1:1;
var d=xn?x-y:String(x).localeCompare(String(y),undefined,{numeric:true});return up?d:-d});
t.querySelectorAll('thead th').forEach(function(o){o.setAttribute('aria-sort','none')});
th.setAttribute('aria-sort',up?'ascending':'descending');rows.forEach(function(r){body.appendChild(r)})});
`
