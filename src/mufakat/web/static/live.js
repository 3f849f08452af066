// An open case stays fresh: news comes over a stream, the page asks for itself again and takes the parts that changed.
// A countdown runs beside each due moment. Without this script the page is whole; it is only as old as its last load.

const room = document.querySelector("[data-live]");
const status = room.querySelector("[role=status]");
const units = room.dataset.units.split(" ");
const SHOWN = 8000;
const SILENCE = 40000;
let lost = false;
let hide = 0;

function say(text, stays = false) {
  clearTimeout(hide);
  status.textContent = text;
  if (!stays) hide = setTimeout(() => { status.textContent = ""; }, SHOWN);
}

async function refresh() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (answer.status === 401 && !document.querySelector("textarea")?.value) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const next = fresh.getElementById(old.id);
    if (next && next.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.replaceWith(next);
  }
  count();
}

async function news() {
  try {
    await refresh();
    say(room.dataset.news);
  } catch {
    loseTouch();
  }
}

function loseTouch() {
  if (!lost) say(room.dataset.lost, true);
  lost = true;
}

// A dead line says nothing by itself, so silence for longer than the server's signs of life are apart counts as lost.
// A new line goes on after the last news that was heard: what was told already is not told as new again.
const place = new URL(room.dataset.live, location.href);
let stream = null;
let silence = 0;

function heard() {
  clearTimeout(silence);
  silence = setTimeout(() => { loseTouch(); listen(); }, SILENCE);
  if (!lost) return;
  lost = false;
  refresh().then(() => say(room.dataset.back), loseTouch);
}

function listen() {
  if (stream) stream.close();
  clearTimeout(silence);
  silence = setTimeout(() => { loseTouch(); listen(); }, SILENCE);
  stream = new EventSource(place);
  stream.addEventListener("here", heard);
  stream.addEventListener("changed", (event) => {
    place.searchParams.set("after", event.lastEventId);
    heard();
    news();
  });
  stream.addEventListener("error", () => setTimeout(() => {
    if (stream.readyState !== EventSource.OPEN) loseTouch();
  }, 4000));
}

addEventListener("offline", loseTouch);
addEventListener("online", listen);
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (event) => { if (event.persisted) { refresh().catch(loseTouch); listen(); } });

// --- countdown, by the server's clock: what it showed when a part was drawn, and how long that is ago

const drawn = new WeakMap();

function left(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60, s % 60];
  const first = parts.findIndex((each) => each > 0);
  const from = first < 0 ? 3 : Math.min(first, 2);
  return parts.slice(from, from + 2).map((each, n) => `${each} ${units[from + n]}`).join(" ");
}

function count() {
  for (const each of document.querySelectorAll("[data-until]")) {
    if (!drawn.has(each)) drawn.set(each, performance.now());
    const now = Date.parse(each.dataset.now) + performance.now() - drawn.get(each);
    const ms = Date.parse(each.dataset.until) - now;
    if (ms > 0) {
      each.textContent = room.dataset.left.replace("§", left(ms));
    } else if (!each.dataset.over) {
      each.dataset.over = "yes";
      each.textContent = room.dataset.over;
      setTimeout(() => refresh().catch(loseTouch), 3000);
    }
  }
}

count();
setInterval(count, 1000);
listen();
