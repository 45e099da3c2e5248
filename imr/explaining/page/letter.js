"use strict";
const marks = [...document.querySelectorAll("mark")];
const buttons = new Map([...document.querySelectorAll(".value")].map((button) => [button.dataset.value, button]));
const inspector = document.getElementById("inspector");
const marksOf = new Map();
let selected = null;

for (const mark of marks) {
  mark.numbers = mark.dataset.values.split(" ");
  for (const number of mark.numbers) {
    if (!marksOf.has(number)) marksOf.set(number, []);
    marksOf.get(number).push(mark);
  }
}

// A value of many words is shown by a line below them, so that the values inside it keep their colour.
for (const mark of marks) {
  const button = buttons.get(mark.numbers[0]);
  const words = button && marksOf.get(mark.numbers[0]).reduce((sum, part) => sum + part.textContent.length, 0);
  mark.classList.toggle("wide", words > 240);
}

function tell(button) {
  inspector.replaceChildren();
  const { name, method, rule, page, clean, raw } = button.dataset;
  const facts = { "": name, method, rule, page, "clean text": clean, "raw text": raw };
  for (const [label, fact] of Object.entries(facts)) {
    if (fact === undefined) continue;
    const span = document.createElement("span");
    const bold = document.createElement("b");
    bold.textContent = fact;
    span.append(label ? `${label} ` : "", bold);
    inspector.append(span);
  }
  if (clean === undefined) inspector.append("read from the file's name: the letter does not print it");
}

function clear() {
  for (const on of document.querySelectorAll(".on")) {
    on.className = [...on.classList].filter((name) => !name.startsWith("on")).join(" ");
  }
}

function groupOf(button) {
  return button.closest("tr").className;
}

function select(number, from) {
  clear();
  selected = number;
  const button = buttons.get(number);
  if (!button) return;
  const own = marksOf.get(number) ?? [];
  for (const mark of own) mark.classList.add("on", groupOf(button).replace("g-", "on-"));
  button.classList.add("on");
  if (from !== "text" && own.length) own[0].scrollIntoView({ block: "center" });
  if (from !== "rows") button.scrollIntoView({ block: "center" });
  tell(button);
}

for (const [number, button] of buttons) button.addEventListener("click", () => select(number, "rows"));

// Clicking the same words again goes on to the next value that was read from them, from the inside out.
for (const mark of marks) {
  mark.addEventListener("click", () => {
    const shown = mark.numbers.filter((number) => buttons.has(number) && !hidden(buttons.get(number)));
    if (shown.length) select(shown[(shown.indexOf(selected) + 1) % shown.length], "text");
  });
}

function hidden(button) {
  return button.closest("tr").hidden;
}

for (const box of document.querySelectorAll(".legend input")) {
  box.addEventListener("change", () => {
    for (const row of document.querySelectorAll(`tr.g-${box.dataset.group}`)) row.hidden = !box.checked;
    paint();
  });
}

// A stretch has the colour of its innermost value that is shown, or none.
function paint() {
  for (const mark of marks) {
    const first = mark.numbers.map((number) => buttons.get(number)).find((button) => button && !hidden(button));
    const kept = [...mark.classList].filter((name) => name === "wide" || name.startsWith("on"));
    mark.className = [first ? groupOf(first) : "unmarked", ...kept].join(" ");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  clear();
  selected = null;
  inspector.textContent = "";
});
