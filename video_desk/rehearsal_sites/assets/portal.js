"use strict";
// What the portal's pages do by themselves: they ask for a card, warn before a session ends, and ask before they delete.

const card = document.querySelector("[data-portal-card]");
if (card) {
  const form = card.querySelector("form");
  const take = (message) => {
    if (message.state === "locked") {
      location.assign("/portal/locked");
      return;
    }
    form.code.value = message.code;
    form.submit();
  };
  const inPage = card.querySelector("[data-kind]");
  if (inPage) cardWidget(inPage, form.ticket.value, take, true);
  const opener = card.querySelector("[data-popup]");
  if (opener) opener.onclick = () => window.open(opener.dataset.popup, "card", "popup,width=560,height=460");
  window.addEventListener("message", (event) => {
    if (event.origin === card.dataset.origin && event.data?.card) take(event.data?.card);
  });
}

const { idle, warn } = document.body.dataset;
if (idle) {
  setTimeout(() => location.assign("/portal/timeout"), idle * 1000);
  const said = "まもなくセッションの有効期限が切れます。続ける場合は「OK」を押して、操作を続けてください。";
  if (warn && Number(warn) < Number(idle)) setTimeout(() => window.alert(said), (idle - warn) * 1000);
}

for (const form of document.querySelectorAll("form[data-ask]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.ask)) event.preventDefault();
  });
}

// The second list offers the cities of the prefecture in the first.
const prefecture = document.querySelector("select[name=prefecture]");
if (prefecture) {
  const city = document.querySelector("select[name=city]");
  const offer = () => {
    for (const one of city.options) one.hidden = one.disabled = Boolean(one.value) && one.dataset.of !== prefecture.value;
    if (city.selectedOptions[0]?.disabled) city.value = "";
  };
  prefecture.addEventListener("change", offer);
  offer();
}
