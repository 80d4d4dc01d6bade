// Single keys, and words of the ad marked as evidence. The page works without this file.
"use strict";

const STORED = "sigap-keys";
const on = document.getElementById("keys-on");
const dialog = document.getElementById("keys");
for (const one of document.querySelectorAll(".by-script")) one.hidden = false;

function keysWanted() {
  try { return localStorage.getItem(STORED) !== "off"; } catch { return true; }
}
if (on) {
  on.checked = keysWanted();
  on.addEventListener("change", () => {
    try { localStorage.setItem(STORED, on.checked ? "on" : "off"); } catch { /* a private window: only this page */ }
  });
}
const opener = document.getElementById("keys-open");
if (opener) opener.addEventListener("click", () => dialog.showModal());

function isWriting(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
  if (dialog && dialog.open) return;
  if (event.key === "?" && dialog) { event.preventDefault(); dialog.showModal(); return; }
  if (on ? !on.checked : !keysWanted()) return;
  const focus = { n: "note", t: "typology" }[event.key];
  if (focus) {
    const field = document.getElementById(focus);
    if (field) { event.preventDefault(); field.focus(); }
    return;
  }
  if (event.key === "w" && ad) { event.preventDefault(); ad.focus(); return; }
  if (event.key === "m" || event.key === "x") { event.preventDefault(); mark(event.key === "m" ? "sign" : "not_sign"); return; }
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (target) { event.preventDefault(); target.click(); }
});

// The ad: arrow keys move by words, with Shift they select.
const ad = document.querySelector(".ad-section .ad");
const marked = document.getElementById("marked");
const list = document.getElementById("corrections");

function isCounted(node) {
  return node.parentElement.closest("sup") === null;
}

// Code points of the text before (node, offset). A code such as U+200B stands for the one character it shows.
function offsetOf(container, offset) {
  const range = document.createRange();
  range.setStart(ad, 0);
  range.setEnd(container, offset);
  let count = 0;
  const walker = document.createTreeWalker(ad, NodeFilter.SHOW_TEXT);
  const codes = new Set();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!range.intersectsNode(node) || !isCounted(node)) continue;
    const code = node.parentElement.closest(".invisible");
    if (code) { if (!codes.has(code)) { codes.add(code); count += 1; } continue; }
    const text = node === container ? node.data.slice(0, offset) : node.data;
    if (node === container || range.comparePoint(node, node.length) <= 0) count += Array.from(text).length;
  }
  return count;
}

function mark(says) {
  const selection = window.getSelection();
  if (!ad || !marked || selection.isCollapsed || !ad.contains(selection.anchorNode)) return;
  const range = selection.getRangeAt(0);
  if (!ad.contains(range.endContainer)) return;
  const start = offsetOf(range.startContainer, range.startOffset);
  const end = offsetOf(range.endContainer, range.endOffset);
  if (end <= start) return;
  const indicator = document.getElementById("indicator").value;
  const line = `${start}-${end}:${says}:${indicator}`;
  if (marked.value.split("\n").includes(line)) return;
  marked.value += `${line}\n`;
  const item = document.createElement("li");
  const words = document.createElement("bdi");
  words.textContent = `“${selection.toString().trim()}” `;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "link";
  remove.textContent = list.dataset.remove;
  remove.addEventListener("click", () => {
    marked.value = marked.value.split("\n").filter((one) => one !== line).join("\n");
    item.remove();
    ad.focus();
  });
  item.append(words, document.createTextNode(`${list.dataset[says]} `), remove);
  list.append(item);
  list.closest("details").open = true;
}

if (ad && marked) {
  ad.tabIndex = 0;
  ad.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: "forward", ArrowLeft: "backward" }[event.key];
    if (!direction) return;
    event.preventDefault();
    const selection = window.getSelection();
    if (!ad.contains(selection.anchorNode)) selection.collapse(ad, 0);
    selection.modify(event.shiftKey ? "extend" : "move", direction, "word");
    if (!ad.contains(selection.focusNode)) selection.collapse(ad, direction === "forward" ? ad.childNodes.length : 0);
  });
}
