// The judgement forms while an agent marks: what stands in the worksheet is tried out after each change, and the page's
// own answer is taken over beside it. Keys in an answer: 1 to 5 choose, 0 empties, J and K go to the next and the last.

const PAUSE = 350;

for (const form of document.querySelectorAll("form[data-try]")) {
  let pause = 0;
  let under = null;

  async function attempt() {
    under?.abort();
    under = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    body.set("stage", "try");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: under.signal, headers: { Accept: "text/html" } });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const old = document.getElementById(form.dataset.try);
      const wrong = fresh.getElementById("wrong");
      const next = wrong ?? fresh.getElementById(form.dataset.try);
      if (next) old.replaceChildren(...(wrong ? [wrong] : next.childNodes));
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  form.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(attempt, PAUSE); });

  form.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || !(here instanceof HTMLSelectElement)) return;
    const all = [...form.querySelectorAll("select")];
    const step = { j: 1, k: -1 }[event.key.toLowerCase()];
    if (step) {
      event.preventDefault();
      all[all.indexOf(here) + step]?.focus();
    } else if (/^[0-9]$/.test(event.key) && here.options[Number(event.key)]) {
      event.preventDefault();
      here.selectedIndex = Number(event.key);
      here.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}
