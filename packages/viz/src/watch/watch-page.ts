import { htmlPage } from '../picture/html-page.js'
import { escapeXml } from '../svg/element.js'
import { tableCss } from '../report/table.js'

/** Writes the page that follows a run: it takes its content, charts and all, from the server's event stream. */
export function watchPage(name: string): string {
  return htmlPage({
    title: `${name} – Ductus watch`,
    css: tableCss + watchCss,
    script: watchScript,
    body:
      `<h1>${escapeXml(name)}</h1>` +
      '<p id="state" role="status">Connecting …</p>' +
      '<div id="content"></div>',
  })
}

const watchCss = `
#state{font-size:14px;color:var(--d-muted)}
#content section{display:flex;flex-wrap:wrap;gap:0 28px;align-items:flex-start}
#content h2{flex-basis:100%}
.panel{min-width:0}.panel figcaption{max-width:560px}
`

// EventSource reconnects by itself; after a server's restart the stream begins with the whole content again
const watchScript = `
(function(){
var state=document.getElementById('state'),content=document.getElementById('content'),source=new EventSource('events');
source.addEventListener('run',function(e){
var data=JSON.parse(e.data),focus=document.activeElement&&document.activeElement.id;
content.innerHTML=data.html;state.textContent=data.state;document.title=data.title;
if(focus){var back=document.getElementById(focus);if(back)back.focus()}});
source.onerror=function(){state.textContent='The watcher is not answering; trying again …'};
})();
`
