// Copies a secret that is shown once. Without a clipboard (plain HTTP) the buttons stay hidden: it can be selected.

const SAID_MS = 2000;

class CopyButton {
  #button;
  #label;

  constructor(button) {
    this.#button = button;
    this.#label = button.textContent;
  }

  connect() {
    this.#button.hidden = false;
    this.#button.addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const source = document.getElementById(this.#button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent.trim());
    this.#button.textContent = "Copied";
    setTimeout(() => { this.#button.textContent = this.#label; }, SAID_MS);
  }
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) new CopyButton(button).connect();
}
