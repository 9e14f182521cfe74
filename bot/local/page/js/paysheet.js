// The pay sheet of an invoice: what is bought, what it costs, what the invoice asks of who pays, and the bot's last word.
// Guards: the sheet shows the amount that will be paid, and closes as paid only when the bot said yes.

import { button, modal, toast } from "./dialogs.js";
import { el, fill, icon } from "./dom.js";
import { post } from "./link.js";
import { amountOf, unitsOf } from "./money.js";
import { nameOf } from "./people.js";
import { say, sayWhy } from "./words.js";

const PATIENCE = 10;
const ASKED = [["need_name", "name", "name"], ["need_phone_number", "phone_number", "tel"], ["need_email", "email", "email"]];
const ADDRESS = ["street_line1", "city", "state", "post_code", "country_code"];
const sum = (prices) => prices.reduce((total, price) => total + price.amount, 0);

/** Open the sheet of an invoice in a message (`key`) or behind a link. True when it was paid. */
export async function openPaySheet({ me, chatId, store, key, link }) {
  const which = link ? { as: me, link } : { as: me, chat_id: chatId, key };
  try {
    const { invoice, paid } = await post("invoice", which);
    if (paid) {
      toast(say("pay.done.before"));
      return false;
    }
    return await new PaySheet(invoice, which, store).open();
  } catch (refused) {
    toast(say("failed", { why: sayWhy(refused) }));
    return false;
  }
}

class PaySheet {
  constructor(invoice, which, store) {
    Object.assign(this, { invoice, which, store, tip: 0, options: null, option: null, asked: "", fields: new Map() });
  }

  open() {
    this.lines = el("dl", { class: "pay-lines" });
    this.trouble = el("p", { class: "pay-trouble", role: "alert", hidden: true, data: { testid: "pay-trouble" } });
    this.go = el("button", { class: "main-button", type: "submit", data: { testid: "pay-go" } });
    this.delivery = el("div", { class: "pay-delivery" });
    const { title, description } = this.invoice;
    this.form = el("form", { method: "dialog" },
      el("div", { class: "pay-head" }, el("span", { class: "pay-mark" }, icon("card")), el("div", {}, el("h2", { dir: "auto" }, title), el("p", { class: "soft" }, say("pay.to", { name: nameOf(this.store.bot) })))),
      el("p", { class: "soft", dir: "auto" }, description),
      this.lines, this.tips(), this.questions(), this.delivery, this.trouble,
      el("div", { class: "sheet-buttons" }, button("plain-button", say("cancel"), () => this.dialog.finish(false), { data: { testid: "pay-cancel" } }), this.go));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next();
    });
    this.dialog = el("dialog", { class: "sheet pay-sheet", "aria-label": `${say("pay")}: ${title}`, data: { testid: "pay-sheet" } }, this.form);
    this.draw();
    return modal(this.dialog);
  }

  get total() {
    return sum(this.invoice.prices) + (this.option ? sum(this.option.prices) : 0) + this.tip;
  }

  amount(units) {
    return amountOf(units, this.invoice.currency);
  }

  draw() {
    const line = (label, units, kind = "") => [el("dt", { class: kind, dir: "auto" }, label), el("dd", { class: kind }, this.amount(units))];
    fill(this.lines,
      this.invoice.prices.map((price) => line(price.label, price.amount)),
      (this.option?.prices ?? []).map((price) => line(price.label, price.amount)),
      this.tip ? line(say("pay.tip"), this.tip) : null,
      line(say("pay.total"), this.total, "total"));
    this.lines.lastElementChild.dataset.testid = "pay-total";
    const isStep = this.invoice.is_flexible && !this.options;
    this.go.textContent = isStep ? say("pay.delivery.ask") : say("pay.amount", { amount: this.amount(this.total) });
  }

  // What is asked

  tips() {
    const { max_tip_amount: most, suggested_tip_amounts: suggested = [], currency } = this.invoice;
    if (!most) return null;
    const chips = suggested.map((units) => el("button", { class: "segment", "aria-pressed": "false", data: { testid: `tip-${units}` }, onclick: () => choose(this.tip === units ? 0 : units) }, this.amount(units)));
    const own = el("input", { type: "text", inputMode: "decimal", autocomplete: "off", placeholder: say("pay.tip.own"), "aria-label": say("pay.tip.own"), data: { testid: "tip-own" } });
    const choose = (units) => {
      this.tip = units;
      chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(suggested[index] === units)));
      this.draw();
    };
    own.addEventListener("input", () => {
      const units = own.value.trim() ? unitsOf(own.value, currency) : 0;
      const isGood = units !== null && units <= most;
      own.setCustomValidity(isGood ? "" : say("pay.tip.most", { amount: this.amount(most) }));
      choose(isGood ? units : 0);
    });
    return el("fieldset", { class: "pay-tips" }, el("legend", {}, say("pay.tip")), el("div", { class: "segments" }, chips), own);
  }

  questions() {
    const nodes = ASKED.filter(([flag]) => this.invoice[flag]).map(([, name, kind]) => this.field(name, kind));
    if (this.invoice.need_shipping_address || this.invoice.is_flexible) nodes.push(...ADDRESS.map((name) => this.field(name, "text")));
    return nodes.length ? el("div", { class: "pay-asked" }, nodes) : null;
  }

  field(name, kind) {
    const me = this.store.people.get(this.which.as);
    const known = { name: nameOf(me), phone_number: me?.local.phone_number ?? "", country_code: me?.language_code?.startsWith("zh") ? "CN" : "GB" };
    const isCountry = name === "country_code";
    const input = el("input", { type: kind === "name" ? "text" : kind, value: known[name] ?? "", maxLength: isCountry ? 2 : 256, required: isCountry || !ADDRESS.includes(name), data: { testid: `pay-${name}` } });
    if (isCountry) input.pattern = "[A-Za-z]{2}";
    if (ADDRESS.includes(name)) input.addEventListener("input", () => this.forgetDelivery());
    this.fields.set(name, input);
    return el("label", { class: "form-field" }, say(`pay.${name}`), input);
  }

  orderInfo() {
    const order = {};
    const address = {};
    for (const [name, input] of this.fields) {
      const value = input.value.trim();
      if (ADDRESS.includes(name)) address[name] = name === "country_code" ? value.toUpperCase() : value;
      else order[name] = value;
    }
    return this.fields.has("country_code") ? { ...order, shipping_address: { ...address, street_line2: "" } } : order;
  }

  // Going on

  forgetDelivery() {
    if (!this.options) return;
    Object.assign(this, { options: null, option: null });
    fill(this.delivery);
    this.draw();
  }

  async next() {
    this.trouble.hidden = true;
    this.setBusy(true);
    try {
      await (this.invoice.is_flexible && !this.options ? this.askDelivery() : this.pay());
    } catch (refused) {
      this.say(sayWhy(refused));
    }
    this.setBusy(false);
  }

  setBusy(isBusy) {
    this.go.disabled = isBusy;
    if (isBusy) fill(this.go, icon("wait", "small spin"), say("pay.asking"));
    else this.draw();
  }

  say(text) {
    this.trouble.textContent = text;
    this.trouble.hidden = false;
  }

  async askDelivery() {
    const answer = await post("shipping", { ...this.which, order_info: this.orderInfo(), timeout: PATIENCE }, (PATIENCE + 5) * 1000);
    if (!answer.answered) return this.say(say("pay.silent"));
    if (!answer.ok) return this.say(answer.error_message);
    this.asked = answer.shipping_query_id;
    this.options = answer.shipping_options;
    this.choose(this.options[0]);
    return undefined;
  }

  choose(option) {
    this.option = option;
    fill(this.delivery, el("div", { class: "pay-options", role: "radiogroup", "aria-label": say("pay.delivery") }, this.options.map((one) => el("button", {
      class: "popup-item", role: "radio", "aria-checked": String(one === option), data: { testid: `delivery-${one.id}` }, onclick: () => this.choose(one),
    }, el("span", { dir: "auto" }, one.title), el("b", {}, this.amount(sum(one.prices))), el("span", { class: "check" }, one === option ? icon("check") : null)))));
    this.draw();
    this.delivery.scrollIntoView({ block: "center" });
  }

  async pay() {
    const body = { ...this.which, order_info: this.orderInfo(), tip_amount: this.tip, timeout: PATIENCE };
    if (this.option) Object.assign(body, { shipping_query_id: this.asked, shipping_option_id: this.option.id });
    const answer = await post("pay", body, (PATIENCE + 5) * 1000);
    if (!answer.answered) return this.say(say("pay.silent"));
    if (!answer.paid) return this.say(answer.error_message);
    toast(say("pay.done"));
    return this.dialog.finish(true);
  }
}
