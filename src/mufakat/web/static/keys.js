// Keys for what an agent does a hundred times a day: a button or link that names a key (`data-key`) is pressed by it.
// Not while somebody types, and never with Ctrl, Alt or Meta, which belong to the browser and to screen readers.

function types(place) {
  return place instanceof HTMLElement && (place.isContentEditable || place.matches("input, select, textarea"));
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || types(event.target)) return;
  const key = event.key.toLowerCase();
  const found = [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === key);
  if (!found) return;
  event.preventDefault();
  found.focus();
  if (!found.matches("input, select, textarea, section")) found.click();
});
