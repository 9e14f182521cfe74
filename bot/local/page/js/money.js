// Amounts of payments as people read them. Guards: an amount is an integer of the smallest unit until it is shown.

import { language } from "./words.js";

const STARS = "XTR";

/** How many decimals a currency has. */
export function digitsOf(currency) {
  if (currency === STARS) return 0;
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  } catch {
    return 2;
  }
}

export function amountOf(units, currency) {
  if (currency === STARS) return `⭐️ ${units}`;
  const digits = digitsOf(currency);
  const value = units / 10 ** digits;
  try {
    const locale = language() === "zh" ? "zh-CN" : "en-GB";
    return new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(value);
  } catch {
    return `${value.toFixed(digits)} ${currency}`;
  }
}

/** What somebody typed as the smallest unit, or null when it is no amount. */
export function unitsOf(text, currency) {
  const digits = digitsOf(currency);
  const [, whole, part = ""] = /^\s*(\d{1,9})(?:[.,](\d*))?\s*$/.exec(text) ?? [];
  if (whole === undefined || part.length > digits) return null;
  return Number(whole + part.padEnd(digits, "0"));
}
