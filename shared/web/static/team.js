// The member's page keeps itself up to date, but never takes away what somebody is reading or writing.

const tickets = document.getElementById("tickets");

tickets.addEventListener("htmx:beforeRequest", (event) => {
  const busy = tickets.querySelector("details[open], :focus-visible") || document.hidden;
  if (event.target === tickets && busy) event.preventDefault();
});

// The tab says how many wait, as the page itself does.
document.addEventListener("htmx:afterSwap", () => {
  const count = Number(tickets.querySelector("[data-count]").dataset.count);
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = count ? `(${count}) ${title}` : title;
});
