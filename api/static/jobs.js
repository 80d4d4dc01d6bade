// Sends a file with a bar, and moves the bar of a running job; both pages work without it.
"use strict";

const upload = document.getElementById("upload");
if (upload) {
  const file = upload.elements.namedItem("file");
  const button = upload.querySelector("button[type=submit]");
  const sending = upload.querySelector(".sending");
  const told = sending.querySelector("[role=status]");

  const refuse = (words) => {
    const error = document.getElementById("file-error");
    error.querySelector(".says").textContent = words;
    error.hidden = false;
    file.closest(".field").classList.add("wrong");
    file.setAttribute("aria-invalid", "true");
    sending.hidden = true;
    button.disabled = false;
    file.focus();
  };

  upload.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!file.files.length) return refuse(upload.dataset.noFile);
    if (file.files[0].size > Number(upload.dataset.limit)) return refuse(upload.dataset.tooLarge);
    const request = new XMLHttpRequest();
    request.open("POST", upload.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.addEventListener("progress", (moved) => {
      sending.querySelector("progress").value = moved.loaded / moved.total;
      if (moved.loaded === moved.total) told.textContent = told.dataset.looking;
    });
    request.addEventListener("load", () => {
      if (request.status === 200 && request.responseURL.includes("/jobs/")) return location.assign(request.responseURL);
      // The server's page says what is wrong; its words go where ours are.
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const said = page.querySelector("#file-error .says") || page.querySelector("main p");
      refuse(said ? said.textContent.trim() : upload.dataset.lost);
    });
    request.addEventListener("error", () => refuse(upload.dataset.lost));
    button.disabled = true;
    sending.hidden = false;
    request.send(new FormData(upload));
  });
}

const progress = document.querySelector("[data-progress]");
if (progress) {
  const bar = progress.querySelector("progress");
  const told = document.getElementById("told");
  const heard = document.getElementById("heard");
  let tenths = Math.floor(10 * (bar.value || 0));
  progress.querySelector(".refresh").hidden = true;

  const look = async () => {
    try {
      const answer = await fetch(progress.dataset.progress, { headers: { Accept: "application/json" } });
      if (answer.status === 404 || answer.status === 401) return location.reload();
      const now = await answer.json();
      if (now.state !== progress.dataset.state) return location.reload();
      if (now.share) bar.value = now.share;
      told.textContent = now.text;
      // Every tenth is said aloud; every second would be noise.
      if (Math.floor(10 * now.share) > tenths) {
        tenths = Math.floor(10 * now.share);
        heard.textContent = now.text;
      }
    } catch (error) {
      // The server is away for a moment; the next second may find it back.
    }
    setTimeout(look, 1000);
  };
  setTimeout(look, 1000);
}
