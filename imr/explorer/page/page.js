"use strict";
// Everything works without this: it adds keys, and closes the filters where there is little room.
const typing = (element) => element.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const box = document.getElementById("q");
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key !== "j" && event.key !== "k") return;
  const links = [...document.querySelectorAll(".hits .card h2 a")];
  const now = links.indexOf(document.activeElement);
  const next = links[event.key === "j" ? now + 1 : Math.max(now - 1, 0)];
  if (next) {
    next.focus();
    next.closest(".card").scrollIntoView({ block: "nearest" });
  }
});

if (window.matchMedia("(max-width: 860px)").matches) {
  for (const facet of document.querySelectorAll("#filters > details")) {
    if (!facet.querySelector(".chosen")) facet.open = false;
  }
}
