// A picture is made larger, smaller, turned, or whole again; a still takes the place of the picture or film above it.
// Without this script the picture is there in the width of the page, and a still opens by itself.

const STEP = 1.4;
const LARGEST = 8;

for (const card of document.querySelectorAll(".card:has(.viewer)")) {
  const viewer = card.querySelector(".viewer");
  const tools = card.querySelector(".tools-of-viewer");
  let zoom = 1;
  let turned = 0;

  function show() {
    const picture = viewer.querySelector("img");
    if (!picture) return;
    viewer.toggleAttribute("data-zoom", zoom > 1);
    picture.style.width = zoom === 1 ? "" : `${zoom * 100}%`;
    picture.style.rotate = `${turned}deg`;
    // A turn leaves the place that a picture takes as it was: its margins make that place as wide and high as it looks.
    const more = turned % 180 ? (picture.offsetWidth - picture.offsetHeight) / 2 : 0;
    picture.style.margin = `${more}px ${-more}px`;
  }

  const deeds = {
    in: () => { zoom = Math.min(LARGEST, zoom * STEP); },
    out: () => { zoom = Math.max(1 / LARGEST, zoom / STEP); },
    turn: () => { turned = (turned + 90) % 360; },
    whole: () => { zoom = 1; turned = 0; },
  };
  tools.hidden = !viewer.querySelector("img");
  tools.addEventListener("click", (event) => {
    deeds[event.target.closest("[data-do]")?.dataset.do]?.();
    show();
  });
  for (const still of card.querySelectorAll("[data-still]")) {
    still.addEventListener("click", (event) => {
      event.preventDefault();
      const picture = document.createElement("img");
      picture.src = still.href;
      picture.alt = still.querySelector("img").alt;
      viewer.replaceChildren(picture);
      tools.hidden = false;
      deeds.whole();
      show();
      viewer.focus();
    });
  }
}
