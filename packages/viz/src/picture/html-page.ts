import { escapeXml } from '../svg/element.js'
import { bundledFontBytes } from '../text/bundled-font.js'
import { themable, themeCss } from '../theme/themable.js'
import type { Picture } from './picture.js'

/** What a page is made of. */
export interface HtmlPageParts {
  title: string
  /** Markup inside `<main>`. */
  body: string
  /** Extra CSS and JavaScript, written into the page. */
  css?: string
  script?: string
  lang?: string
  /** Markup before `<main>`, such as a table of contents. */
  aside?: string
}

/**
 * Writes one self-contained HTML page: its own font, both themes (the system's, or by the button), no reference to
 * anything outside the file, and a content policy that forbids any.
 */
export function htmlPage(parts: HtmlPageParts): string {
  const { title, body, css = '', script = '', lang = 'en', aside = '' } = parts
  const face = (weight: 400 | 600) =>
    `@font-face{font-family:Inter;font-weight:${weight};font-display:swap;` +
    `src:url(data:font/ttf;base64,${bundledFontBytes(weight).toString('base64')})}`
  return `<!doctype html>
<html lang="${escapeXml(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'">
<link rel="icon" href="data:,">
<title>${escapeXml(title)}</title>
<style>${face(400)}${face(600)}${themeCss()}${baseCss}${css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<button id="theme" type="button">Dark or light</button>
${aside}
<main id="main">
${body}
</main>
<script>${themeScript}${script}</script>
</body>
</html>
`
}

/** Writes a picture as a `<figure>` that follows the page's theme; a wide one scrolls by keyboard too. */
export function figure(picture: Picture, caption?: string, label?: string): string {
  const frames = picture.frames ? animation(picture.frames) : shrinkable(picture)
  const words = caption ?? picture.caption ?? picture.description
  return (
    `<figure><div class="scroll" tabindex="0" role="group" aria-label="${escapeXml(label ?? (picture.title || 'Picture'))}">${frames}</div>` +
    (words === '' ? '' : `<figcaption>${escapeXml(words)}</figcaption>`) +
    '</figure>'
  )
}

/** Lets a picture shrink on a narrow page, to seven tenths at most: then its letters get small, and it scrolls. */
function shrinkable(picture: Picture): string {
  const least = Math.round(picture.width * 0.7)
  return themable(picture.svg).replace('<svg', `<svg style="max-width:max(100%,${least}px)"`)
}

function animation(frames: readonly Picture[]): string {
  const items = frames
    .map((frame, i) => `<div class="frame"${i === 0 ? '' : ' hidden'}>${shrinkable(frame)}</div>`)
    .join('')
  return (
    `<div class="frames">${items}<div class="controls">` +
    '<button type="button" data-step="-1" aria-label="Previous frame">‹ Back</button>' +
    '<button type="button" data-play>Play</button>' +
    '<button type="button" data-step="1" aria-label="Next frame">Next ›</button>' +
    `<output aria-live="polite">1 of ${frames.length}</output></div></div>`
  )
}

/** Makes pictures into one page, a figure each. A heading that a picture bears itself is left to screen readers. */
export function toHtml(pictures: Picture | readonly Picture[], title?: string): string {
  const list: readonly Picture[] = Array.isArray(pictures)
    ? (pictures as readonly Picture[])
    : [pictures as Picture]
  const heading = title ?? list[0]?.title ?? 'Picture'
  return htmlPage({
    title: heading,
    body: `<h1${list.some((picture) => picture.title === heading) ? ' class="unseen"' : ''}>${escapeXml(heading)}</h1>\n${list.map((picture) => figure(picture)).join('\n')}`,
    script: framesScript,
  })
}

const baseCss = `
*{box-sizing:border-box}
body{margin:0;background:var(--d-background);color:var(--d-ink);font:15px/1.5 Inter,system-ui,sans-serif}
main{max-width:1260px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:26px;line-height:1.2;margin:0 0 8px}
h2{font-size:20px;margin:40px 0 10px;padding-top:14px;border-top:1px solid var(--d-grid)}
h3{font-size:16px;margin:24px 0 6px}
h1,h2,h3{font-weight:600;scroll-margin-top:12px}
a{color:var(--d-accent)}
p{max-width:75ch;margin:8px 0}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:13px}
pre{background:var(--d-surface);padding:10px 12px;overflow:auto;border-radius:4px}
figure{margin:12px 0 20px}
figcaption{color:var(--d-muted);font-size:13px;max-width:90ch}
.scroll{overflow-x:auto}
.scroll.more{mask-image:linear-gradient(to right,#000 calc(100% - 40px),transparent)}
.scroll>svg,.frame>svg{display:block;height:auto}
:focus-visible{outline:2px solid var(--d-accent);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--d-background);padding:4px 8px;z-index:2}
button{font:inherit;font-size:13px;color:var(--d-ink);background:var(--d-surface);border:1px solid var(--d-border);border-radius:4px;padding:3px 10px;cursor:pointer}
#theme{position:absolute;top:10px;right:12px}
.controls{display:flex;gap:6px;align-items:center;margin-top:6px}
.muted{color:var(--d-muted)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media(max-width:640px){#theme{position:static;margin:12px 20px 0}main{padding-top:16px}}
@media print{#theme,.skip,.controls{display:none}.scroll.more{mask-image:none}}
`

const themeScript = `
(function(){var r=document.documentElement,b=document.getElementById('theme');
b.addEventListener('click',function(){var dark=r.dataset.theme?r.dataset.theme==='dark':matchMedia('(prefers-color-scheme:dark)').matches;
r.dataset.theme=dark?'light':'dark'});
// what can be scrolled further fades out at its right edge
function edge(box){box.classList.toggle('more',box.scrollLeft+box.clientWidth<box.scrollWidth-4)}
function edges(){document.querySelectorAll('.scroll').forEach(edge)}
addEventListener('scroll',function(e){if(e.target.classList&&e.target.classList.contains('scroll'))edge(e.target)},true);
addEventListener('resize',edges);edges()})();
`

/** Steps through the frames of animated figures: buttons, and arrow keys on them. */
export const framesScript = `
document.querySelectorAll('.frames').forEach(function(box){
var frames=box.querySelectorAll('.frame'),out=box.querySelector('output'),at=0,timer=null,play=box.querySelector('[data-play]');
function show(i){at=(i+frames.length)%frames.length;frames.forEach(function(f,k){f.hidden=k!==at});out.textContent=(at+1)+' of '+frames.length}
function stop(){if(timer){clearInterval(timer);timer=null}play.textContent='Play'}
box.querySelectorAll('[data-step]').forEach(function(b){b.addEventListener('click',function(){stop();show(at+Number(b.dataset.step))})});
play.addEventListener('click',function(){if(timer)stop();else{play.textContent='Pause';timer=setInterval(function(){show(at+1)},900)}});
box.addEventListener('keydown',function(e){if(e.key==='ArrowRight'){stop();show(at+1)}if(e.key==='ArrowLeft'){stop();show(at-1)}});
});
`
