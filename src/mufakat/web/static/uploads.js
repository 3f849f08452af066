// Photos go up as soon as they are chosen, in pieces (tus 1.0.0), with progress, and after a cut go on where they stood.
// Each one that is kept becomes a hidden field of the form. Without this script the form sends them all at once.

const PIECE = 1024 * 1024;
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000, 60000];
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

class Refused extends Error {}

for (const field of document.querySelectorAll("fieldset[data-uploads]")) {
  const form = field.closest("form");
  const input = field.querySelector("input[type=file]");
  const list = field.querySelector(".uploading");
  const token = form.querySelector("input[name=token]").value;
  const headers = {
    "Tus-Resumable": "1.0.0",
    "X-Form-Token": token,
    Accept: "application/json",
    "Accept-Language": document.documentElement.lang,
  };
  let under = 0;
  // The browser's own button speaks its own language and names no file that goes up: the label around it is enough.
  field.classList.add("ready");

  async function ask(method, url, more = {}, body = undefined) {
    const answer = await fetch(url, { method, headers: { ...headers, ...more }, body });
    if (answer.ok || answer.status === 409) return answer;
    if (answer.status < 500 && answer.status !== 429) {
      const problem = await answer.json().catch(() => ({}));
      throw new Refused(problem.detail || String(answer.status));
    }
    throw new Error(String(answer.status));
  }

  async function patiently(row, work) {
    for (let n = 0; ; n += 1) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof Refused || n >= PAUSES.length) throw error;
        row.note.textContent = list.dataset.again;
        await wait(PAUSES[n]);
      }
    }
  }

  async function upload(file, row) {
    const kind = btoa(file.type || "application/octet-stream");
    const begun = await patiently(row, () =>
      ask("POST", field.dataset.uploads, { "Upload-Length": String(file.size), "Upload-Metadata": `filetype ${kind}` }));
    const id = begun.headers.get("Location").split("/").pop();
    const place = `/web/uploads/${id}`;
    let offset = 0;
    while (offset < file.size) {
      const from = offset;
      offset = await patiently(row, async () => {
        const piece = file.slice(from, from + PIECE);
        const answer = await ask("PATCH", place, {
          "Upload-Offset": String(from),
          "Content-Type": "application/offset+octet-stream",
        }, piece).catch(async (error) => {
          if (error instanceof Refused) throw error;
          const stands = await ask("HEAD", place);
          return stands;
        });
        return Number(answer.headers.get("Upload-Offset"));
      });
      row.bar.value = offset / file.size;
    }
    const found = await patiently(row, () => ask("GET", place));
    return (await found.json()).digest;
  }

  function made(file) {
    const item = document.createElement("li");
    const picture = document.createElement(file.type.startsWith("image/") ? "img" : "span");
    if (picture.tagName === "IMG") {
      picture.src = URL.createObjectURL(file);
      picture.alt = "";
    } else {
      picture.className = "nopicture";
    }
    const middle = document.createElement("div");
    const name = document.createElement("div");
    const bar = document.createElement("progress");
    const note = document.createElement("div");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    note.className = "small quiet";
    middle.append(name, bar, note);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link";
    drop.textContent = list.dataset.drop;
    item.append(picture, middle, drop);
    list.append(item);
    drop.addEventListener("click", () => item.remove());
    return { item, bar, note };
  }

  function busy(change) {
    under += change;
    for (const button of form.querySelectorAll("button:not([type=button])")) {
      button.disabled = under > 0;
      button.title = under > 0 ? list.dataset.wait : "";
    }
  }

  input.addEventListener("change", () => {
    const chosen = [...input.files];
    input.value = "";
    for (const file of chosen) {
      const row = made(file);
      busy(1);
      upload(file, row).then((digest) => {
        const hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = "file";
        hidden.value = digest;
        row.item.append(hidden);
        row.bar.remove();
        row.note.textContent = list.dataset.done;
      }, (error) => {
        row.bar.remove();
        row.note.className = "small bad";
        row.note.textContent = error.message;
      }).finally(() => busy(-1));
    }
  });
}
