// What a page is better with; every part works without. One module, no dependencies, nothing kept on the device.

const toast = document.querySelector("[data-toast]");
let toastTimer;

function say(message, link) {
  const line = document.createElement("p");
  line.append(message);
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link[0], textContent: link[1] });
    line.append(anchor);
  }
  toast.replaceChildren(line);
  // it covers what is below; whoever is reading or about to follow the link keeps it
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.matches(":hover, :focus-within") || toast.replaceChildren(), 10_000);
}

// plus and minus beside a quantity
function addStepper(input) {
  const frame = document.createElement("span");
  frame.className = "stepper";
  const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent.trim() ?? "quantity";
  const button = (text, name, change) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
    made.setAttribute("aria-label", `${name}: ${label}`);
    made.addEventListener("click", () => {
      const before = input.value;
      change < 0 ? input.stepDown() : input.stepUp();
      if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return made;
  };
  input.replaceWith(frame);
  frame.append(button("−", "Fewer", -1), input, button("+", "More", 1));
}

// into the cart without leaving the page
async function addToCart(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button.button");
  button.setAttribute("aria-disabled", "true");
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) return say(said.detail);
    document.querySelectorAll("[data-cart-count]").forEach((count) => {
      count.textContent = said.pieces;
      count.parentElement.classList.toggle("is-empty", !said.pieces);
    });
    say(said.message, ["/cart", "Show the cart"]);
  } catch {
    form.submit(); // the plain way shows what is wrong
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// a question before something that cannot be taken back
function ask(form) {
  const { confirm: title, detail, action } = form.dataset;
  const dialog = document.createElement("dialog");
  const heading = Object.assign(document.createElement("h2"), { textContent: title, id: "question" });
  dialog.setAttribute("aria-labelledby", "question");
  const yes = Object.assign(document.createElement("button"), { textContent: action, className: "button is-danger", value: "yes" });
  const no = Object.assign(document.createElement("button"), { textContent: "No, go back", className: "button is-quiet", autofocus: true });
  const choice = Object.assign(document.createElement("form"), { method: "dialog", className: "actions" });
  choice.append(yes, no);
  dialog.append(heading, Object.assign(document.createElement("p"), { textContent: detail }), choice);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" }));
    form.submit();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// suggestions while somebody types (a combobox as WAI-ARIA describes it)
function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = Object.assign(document.createElement("ul"), { className: "suggestions", id: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Products");
  const state = { role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(state)) input.setAttribute(name, value);
  form.append(list);
  let timer, latest = "", chosen = -1;

  function show(items) {
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...items.map((item, index) => {
      const option = document.createElement("li");
      option.id = `suggestion-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.href = `/products/${encodeURIComponent(item.id)}`;
      option.append(Object.assign(document.createElement("span"), { textContent: item.name }));
      option.append(Object.assign(document.createElement("span"), { className: "soft", textContent: item.category }));
      option.addEventListener("pointerdown", () => location.assign(option.dataset.href));
      return option;
    }));
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  function choose(step) {
    const options = [...list.children];
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = (chosen + step + options.length + 1) % (options.length + 1);
    if (chosen === options.length) chosen = -1;
    const option = options[chosen];
    option?.setAttribute("aria-selected", "true");
    option ? input.setAttribute("aria-activedescendant", option.id) : input.removeAttribute("aria-activedescendant");
  }

  async function load() {
    const text = input.value.trim();
    latest = text;
    if (text.length < 2) return show([]);
    try {
      const answer = await fetch(`/api/products?${new URLSearchParams({ q: text, sort: "relevance", limit: "6" })}`);
      if (answer.ok && latest === text) show((await answer.json()).items);
    } catch {
      show([]); // searching works without
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      location.assign(list.children[chosen].dataset.href);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show([]);
    }
  });
  input.addEventListener("blur", () => show([]));
}

document.querySelectorAll("[data-stepper]").forEach(addStepper);
document.querySelectorAll("[data-add-to-cart]").forEach((form) => form.addEventListener("submit", addToCart));
document.querySelectorAll("form.search").forEach(suggest);
document.querySelectorAll("[data-auto-submit]").forEach((form) => {
  form.querySelector("button.button").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
});
document.querySelectorAll("[data-confirm]").forEach((form) =>
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  }),
);
document.querySelectorAll("[data-once]").forEach((form) =>
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  }),
);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
// on a wide screen the filters are always open; on a phone they would push the products away
const wide = matchMedia("(min-width: 60rem)");
const openFilters = () => document.querySelectorAll("[data-filters]").forEach((filters) => (filters.open ||= wide.matches));
wide.addEventListener("change", openFilters);
openFilters();
