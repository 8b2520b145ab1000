/** Panels beside one another as far as there is room, and notes set apart. */
export const panelCss = `
section{display:flex;flex-wrap:wrap;gap:0 28px;align-items:flex-start}
section>*{max-width:100%}
section>h2,section>p,section>h3,section>.scroll{flex-basis:100%}
.panel{min-width:0}
.notes{border-left:4px solid var(--d-highlight);background:var(--d-surface);padding:6px 12px;margin:12px 0}
.notes ul{margin:4px 0;padding-left:18px}
`
