// Adds to the page of the rules: finding words among its values. Without script the page is whole as it is.
const box = document.querySelector("[data-find]");
if (box) {
  const [input, said] = [box.querySelector("input"), box.querySelector("[role=status]")];
  const rules = [...document.querySelectorAll(box.dataset.find)].map((each) => [each, each.textContent.toLowerCase()]);
  box.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const [each, text] of rules) {
      each.hidden = !words.every((word) => text.includes(word));
      found += !each.hidden;
    }
    for (const each of document.querySelectorAll(".rules")) {
      each.hidden = words.length > 0 && !each.querySelector(".rule:not([hidden])");
    }
    said.textContent = found ? "" : box.dataset.none;
  });
}
const opened = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = target?.closest("details:not([open])");
  if (closed) {
    closed.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", opened);
opened();
