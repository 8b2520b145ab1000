/** Panels beside one another as far as there is room. */
export const panelCss = `
section{display:flex;flex-wrap:wrap;gap:0 28px;align-items:flex-start}
section>*{max-width:100%}
section>h2,section>p,section>h3,section>.scroll{flex-basis:100%}
.panel{min-width:0}
`
