"use strict";
// What needs no script is there without it; this adds reading the axis, filters and copying.

// Opens the dataset or the scene that a link leads to, and what it lies in.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folds = [];
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") folds.push(at);
  if (folds.length === 0) return;
  folds.forEach((fold) => { fold.open = true; });
  if (folds[0] === target) target.querySelector("summary").focus();
  target.scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();

const measures = ({ dataset }) => ({ left: Number(dataset.left), width: Number(dataset.width) });
// Says at which instant of a scene the pointer, or the cursor of the arrow keys, is.
for (const lanes of document.querySelectorAll("svg.lanes")) {
  const { left, width } = measures(lanes.closest(".pictures"));
  const begin = BigInt(lanes.dataset.begin), length = BigInt(lanes.dataset.length);
  const tick = BigInt(lanes.dataset.tick);
  const cursor = lanes.querySelector(".cursor");
  const group = lanes.parentElement;
  const reading = lanes.closest("details").querySelector(".reading");
  const rows = [...lanes.querySelectorAll("text.sensor")];
  const gaps = [...lanes.querySelectorAll("g:has(> .pin)")];
  let part = 0.5;

  const move = (to, row) => {
    part = Math.min(1, Math.max(0, to));
    const x = left + part * width;
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.classList.add("on");
    const since = (length * BigInt(Math.round(part * 1e6))) / 1000000n;
    const at = begin + since;
    const stamp = tick > 0n ? `, ${(at + tick / 2n) / tick}` : "";
    const seconds = tick > 0n ? `${(Number(since) / 1e9).toFixed(3)} s` : `${since}`;
    const told = gaps.filter((gap) => {
      const box = gap.getBBox();
      return x >= box.x && x <= box.x + box.width;
    });
    const words = told.map((gap) => gap.querySelector("title").textContent);
    reading.textContent = `${row ? row + ": " : ""}${seconds}${stamp}${words.length ? " · " + words.join(" · ") : ""}`;
  };
  lanes.addEventListener("pointermove", (event) => {
    const box = lanes.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * lanes.viewBox.baseVal.width;
    const y = ((event.clientY - box.top) / box.height) * lanes.viewBox.baseVal.height;
    if (x < left || x > left + width) return;
    const over = rows.filter((row) => row.getBBox().y <= y).pop();
    move((x - left) / width, over ? over.firstChild.textContent : "");
  });
  lanes.addEventListener("pointerleave", () => cursor.classList.remove("on"));
  group.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.1 : 0.01;
    const to = { ArrowLeft: part - step, ArrowRight: part + step, Home: 0, End: 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    move(to, "");
  });
}

// Copies text, and says so on the button.
async function copy(button, text) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed here";
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, button.parentElement.querySelector("code").textContent));
}
for (const button of document.querySelectorAll("button.copy-list")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const paths = document.querySelectorAll(`#${button.dataset.list} li:not([hidden]) .path`);
    copy(button, [...paths].map((path) => path.textContent).join("\n") + "\n");
  });
}

// Shows the places that hold what is typed.
for (const input of document.querySelectorAll("input[data-filter]")) {
  input.parentElement.hidden = false;
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const item of document.getElementById(input.dataset.filter).children) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
}
