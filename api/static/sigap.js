// Niceties only: every page works without this file.
"use strict";

const form = document.getElementById("assess");
if (form) {
  const text = form.elements.namedItem("text");
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.querySelector(".shortcut").hidden = false;
}

const summary = document.querySelector(".summary");
if (summary) summary.focus();
