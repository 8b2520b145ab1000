import { htmlPage } from '../picture/html-page.js'
import { escapeXml } from '../svg/element.js'
import { panelCss } from '../report/panel-css.js'
import { tableCss, tableScript } from '../report/table.js'

/** Writes the page that follows a run: it takes its content, charts and all, from the server's event stream. */
export function watchPage(name: string): string {
  return htmlPage({
    title: `${name} – Ductus watch`,
    css: tableCss + watchCss,
    script: tableScript + watchScript,
    body:
      `<h1>${escapeXml(name)}</h1>` +
      '<p id="state" role="status">Connecting …</p>' +
      '<div id="content"></div>',
  })
}

const watchCss = `
#state{font-size:14px;color:var(--d-muted)}
${panelCss}`

// EventSource reconnects by itself; after a server's restart the stream begins with the whole content again
const watchScript = `
(function(){
var state=document.getElementById('state'),content=document.getElementById('content'),source=new EventSource('events');
source.addEventListener('run',function(e){
var data=JSON.parse(e.data),focus=document.activeElement&&document.activeElement.id;
content.innerHTML=data.html;state.textContent=data.state;document.title=data.title;dispatchEvent(new Event('resize'));
if(focus){var back=document.getElementById(focus);if(back)back.focus()}});
source.onerror=function(){state.textContent='The watcher is not answering; trying again …'};
})();
`
